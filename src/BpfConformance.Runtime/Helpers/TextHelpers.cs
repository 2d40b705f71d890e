using System.Runtime.CompilerServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// Numbers from text: r1 and r2 are the text and its length, r3 is the base, and r4 is where the number goes. r0 becomes the
/// length of what was understood, or an error (kernel/bpf/helpers.c, 6.18, __bpf_strtoull and what calls it).
/// </summary>
internal static unsafe class TextHelpers
{
    private const long Invalid = -(long)Errno.EINVAL;
    private const long OutOfRange = -(long)Errno.ERANGE;

    /// <summary>The kernel copies so much of what follows the sign, and looks no further.</summary>
    private const int LongestNumber = 63;

    public static FaultKind Strtol(Machine* m) => Convert(m, isSigned: true);

    public static FaultKind Strtoul(Machine* m) => Convert(m, isSigned: false);

    /// <summary>r1 and r2 are a text, which may end before that, r3 is a constant one; r0 says which is the greater (lib/string.c, 6.18, strncmp).</summary>
    public static FaultKind Strncmp(Machine* m)
    {
        byte* text = GuestMemory.Readable(m, m->Registers[1], m->Registers[2]);
        if (text == null) return FaultKind.OutOfBoundsLoad;
        ReadOnlySpan<byte> other = ConstantString.At(m, m->Registers[3]);
        if (other.IsEmpty) return FaultKind.InvalidPointer;

        long result = 0;
        for (ulong i = 0; i < m->Registers[2] && result == 0; i++)
        {
            result = text[i].CompareTo(other[(int)i]);
            if (text[i] == 0) break;
        }

        m->Registers[0] = (ulong)Math.Sign(result);
        return FaultKind.None;
    }

    private static FaultKind Convert(Machine* m, bool isSigned)
    {
        (ulong address, ulong target) = (m->Registers[1], m->Registers[4]);
        byte* source = GuestMemory.Readable(m, address, m->Registers[2]);
        if (source == null) return FaultKind.OutOfBoundsLoad;
        byte* number = GuestMemory.Writable(m, target, sizeof(ulong));
        if (number == null) return FaultKind.OutOfBoundsStore;

        // Zero before the text is read, which may lie there, too.
        Unsafe.WriteUnaligned(number, 0ul);
        var text = new ReadOnlySpan<byte>(source, (int)m->Registers[2]);
        long result = Parse(text, m->Registers[3], out ulong magnitude, out bool isNegative);
        ulong value = isNegative ? 0 - magnitude : magnitude;
        if (result > 0 && !isSigned && isNegative) result = Invalid;
        if (result > 0 && isSigned && (isNegative ? (long)value > 0 : (long)value < 0)) result = OutOfRange;
        if (result > 0) Unsafe.WriteUnaligned(number, value);
        m->Registers[0] = (ulong)result;
        return FaultKind.None;
    }

    private static long Parse(ReadOnlySpan<byte> text, ulong flags, out ulong magnitude, out bool isNegative)
    {
        (magnitude, isNegative) = (0, false);
        if (flags is not (0 or 8 or 10 or 16)) return Invalid;

        int start = 0;
        while (start < text.Length && IsSpace(text[start])) start++;
        isNegative = start < text.Length && text[start] == '-';
        if (isNegative) start++;

        ReadOnlySpan<byte> rest = text[start..];
        if (rest.Length > LongestNumber) rest = rest[..LongestNumber];
        uint radix = RadixOf(rest, (uint)flags);
        int consumed = radix == 16 && HasPrefix(rest) ? 2 : 0;
        long digits = ParseDigits(rest[consumed..], radix, out magnitude);
        return digits > 0 ? start + consumed + digits : digits;
    }

    /// <summary>lib/kstrtox.c, 6.18, _parse_integer_fixup_radix: a prefix without a digit behind it is the octal number 0.</summary>
    private static uint RadixOf(ReadOnlySpan<byte> text, uint radix) =>
        radix != 0 ? radix
        : text.IsEmpty || text[0] != '0' ? 10u
        : HasPrefix(text) && text.Length > 2 && DigitOf(text[2]) < 16 ? 16u
        : 8u;

    private static bool HasPrefix(ReadOnlySpan<byte> text) => text.Length > 1 && text[0] == '0' && (text[1] | 0x20) == 'x';

    /// <summary>Returns how many digits there are, or an error.</summary>
    private static long ParseDigits(ReadOnlySpan<byte> text, uint radix, out ulong value)
    {
        value = 0;
        int count = 0;
        bool isTooLarge = false;
        while (count < text.Length && DigitOf(text[count]) is var digit && digit < radix)
        {
            isTooLarge |= value > (ulong.MaxValue - digit) / radix;
            value = unchecked((value * radix) + digit);
            count++;
        }

        return isTooLarge ? OutOfRange : count == 0 ? Invalid : count;
    }

    /// <summary>Its value, or more than any base has.</summary>
    private static uint DigitOf(byte character) => (char)character switch
    {
        >= '0' and <= '9' and var c => (uint)(c - '0'),
        >= 'a' and <= 'f' and var c => (uint)(c - 'a') + 10,
        >= 'A' and <= 'F' and var c => (uint)(c - 'A') + 10,
        _ => uint.MaxValue,
    };

    /// <summary>lib/ctype.c, 6.18: of the upper half of Latin-1, the space that does not break is one.</summary>
    private static bool IsSpace(byte character) => character is (>= 9 and <= 13) or 32 or 160;
}
