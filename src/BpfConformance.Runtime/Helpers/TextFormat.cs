using BpfConformance.Abi;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// What bpf_snprintf and its like take for a format (kernel/bpf/helpers.c, 6.18, bpf_bprintf_prepare): printable ASCII and, in 6.18.44, any byte above it; and in it conversions of
/// <c>d i u x X</c>, also after <c>l</c> and <c>ll</c>, <c>c</c>, <c>s</c> and some of <c>p</c>, with the flags <c>0 + - space</c> and a width.
/// </summary>
public static class TextFormat
{
    /// <summary>MAX_BPRINTF_VARARGS (include/linux/bpf.h).</summary>
    public const int MaxArguments = 12;

    /// <summary>So much of all strings together there is room for (MAX_BPRINTF_BIN_ARGS).</summary>
    public const int MaxStringBytes = 512;

    /// <summary>lib/vsprintf.c, FIELD_WIDTH_MAX.</summary>
    private const int MaxWidth = (1 << 23) - 1;

    /// <summary>One conversion.</summary>
    public struct Conversion
    {
        /// <summary>Where it begins, and how many bytes of the format it is.</summary>
        public int Start;
        public int Length;

        /// <summary>Its letter; of what <c>%p</c> has behind it, <c>x</c> is <c>P</c>, <c>ks</c> is <c>s</c>, <c>us</c> is <c>S</c>, and all else <c>p</c>.</summary>
        public char Kind;
        public bool IsLong;
        public bool HasZeros;
        public bool HasPlus;
        public bool HasSpace;
        public bool IsLeft;
        public int Width;
    }

    /// <summary>Finds the conversions, or what is wrong.</summary>
    /// <param name="format">Without its zero.</param>
    /// <param name="arguments">How many there are.</param>
    /// <param name="found">Gets the conversions, one for each argument that is used.</param>
    /// <param name="count">How many those are.</param>
    public static Errno Read(ReadOnlySpan<byte> format, int arguments, Span<Conversion> found, out int count)
    {
        count = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] is 127 or < 9 or (> 13 and < 32)) return Errno.EINVAL;
            if (format[i] != '%') continue;
            if (At(format, i + 1) == '%')
            {
                i++;
                continue;
            }

            if (count >= arguments) return Errno.EINVAL;
            if (!TryRead(format, i, out found[count])) return Errno.EINVAL;
            i += found[count].Length - 1;
            count++;
        }

        return Errno.None;
    }

    private static bool TryRead(ReadOnlySpan<byte> format, int start, out Conversion c)
    {
        c = new Conversion { Start = start };
        int i = start + 1;
        for (; At(format, i) is '0' or '+' or '-' or ' '; i++)
        {
            c.HasZeros |= At(format, i) == '0';
            c.HasPlus |= At(format, i) == '+';
            c.HasSpace |= At(format, i) == ' ';
            c.IsLeft |= At(format, i) == '-';
        }

        for (; At(format, i) is >= '0' and <= '9'; i++) c.Width = Math.Min((c.Width * 10) + (At(format, i) - '0'), MaxWidth);
        bool isRight = At(format, i) switch
        {
            'p' => TryReadPointer(format, ref i, ref c),
            's' => TrySet('s', ref c) && Ends(format, i + 1),
            'c' => TrySet('c', ref c),
            _ => TryReadNumber(format, ref i, ref c),
        };
        c.Length = i + 1 - start;
        return isRight;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> format, ref int i, ref Conversion c)
    {
        c.IsLong = At(format, i) == 'l';
        if (c.IsLong) i++;
        if (c.IsLong && At(format, i) == 'l') i++;
        return At(format, i) is 'i' or 'd' or 'u' or 'x' or 'X' && TrySet(At(format, i), ref c);
    }

    private static bool TryReadPointer(ReadOnlySpan<byte> format, ref int i, ref Conversion c)
    {
        if (Ends(format, i + 1)) return TrySet('p', ref c);
        char next = At(format, i + 1);
        if (next is 'k' or 'u' && At(format, i + 2) == 's')
        {
            i += 2;
            return TrySet(next == 'k' ? 's' : 'S', ref c) && Ends(format, i + 1);
        }

        bool isAddress = next is 'i' or 'I';
        if (isAddress && At(format, i + 2) is not ('4' or '6')) return false;
        i += isAddress ? 2 : 1;
        return next is 'K' or 'x' or 's' or 'S' or 'B' or 'i' or 'I' && TrySet(next == 'x' ? 'P' : 'p', ref c);
    }

    private static bool TrySet(char kind, ref Conversion c)
    {
        c.Kind = kind;
        return true;
    }

    private static char At(ReadOnlySpan<byte> format, int i) => i < format.Length ? (char)format[i] : '\0';

    /// <summary>Whether no letter or digit stands there.</summary>
    private static bool Ends(ReadOnlySpan<byte> format, int i) => At(format, i) is '\0' || !char.IsAsciiLetterOrDigit(At(format, i));
}
