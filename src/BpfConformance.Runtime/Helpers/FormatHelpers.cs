using System.Runtime.InteropServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;
using Conversion = BpfConformance.Runtime.Helpers.TextFormat.Conversion;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Texts made of a format and numbers. What goes to the trace is made, for its length, and goes nowhere.</summary>
public static unsafe class FormatHelpers
{
    /// <summary>MAX_BPRINTF_BUF (include/linux/bpf.h).</summary>
    private const int TraceBytes = 1024;

    /// <summary>The number of the one whose format is constant.</summary>
    public const int SnprintfNumber = 165;

    /// <summary>What a call will take for its format, without the zero; where there is none, something that is no format.</summary>
    public static ReadOnlySpan<byte> FormatOf(Machine* m, int helper)
    {
        if (helper != SnprintfNumber) return TryFormatOf(m, out ReadOnlySpan<byte> given, out _) ? given : default;
        ReadOnlySpan<byte> format = ConstantString.At(m, m->Registers[3]);
        return format.IsEmpty ? format : format[..^1];
    }

    /// <summary>r1 and r2 are room, or null, r3 a constant format, r4 and r5 the numbers; r0 is the length with the zero, also of what had no room.</summary>
    internal static FaultKind Snprintf(Machine* m)
    {
        byte* room = GuestMemory.Writable(m, m->Registers[1], m->Registers[2]);
        if (room == null && m->Registers[2] != 0) return FaultKind.OutOfBoundsStore;
        ReadOnlySpan<byte> format = ConstantString.At(m, m->Registers[3]);
        if (format.IsEmpty) return FaultKind.InvalidPointer;
        long result = Format(m, format[..^1], m->Registers[4], m->Registers[5], new Span<byte>(room, (int)m->Registers[2]), out FaultKind fault);
        if (fault == FaultKind.None) m->Registers[0] = (ulong)(result < 0 ? result : result + 1);
        return fault;
    }

    /// <summary>r1 and r2 are the format, r3 to r5 the numbers; r0 is the length.</summary>
    internal static FaultKind TracePrintk(Machine* m)
    {
        if (!TryFormatOf(m, out ReadOnlySpan<byte> format, out FaultKind fault)) return fault;
        Span<byte> text = stackalloc byte[TraceBytes];
        m->Registers[0] = (ulong)Format(m, format, new ReadOnlySpan<ulong>(m->Registers + 3, 3), text);
        return FaultKind.None;
    }

    /// <summary>r1 and r2 are the format, r3 and r4 the numbers.</summary>
    internal static FaultKind TraceVprintk(Machine* m)
    {
        if (!TryFormatOf(m, out ReadOnlySpan<byte> format, out FaultKind fault)) return fault;
        Span<byte> text = stackalloc byte[TraceBytes];
        long result = Format(m, format, m->Registers[3], m->Registers[4], text, out fault);
        if (fault == FaultKind.None) m->Registers[0] = (ulong)result;
        return fault;
    }

    /// <summary>The bytes up to the zero; where there is none, something that is no format.</summary>
    private static bool TryFormatOf(Machine* m, out ReadOnlySpan<byte> format, out FaultKind fault)
    {
        byte* bytes = GuestMemory.Readable(m, m->Registers[1], m->Registers[2]);
        fault = bytes == null ? FaultKind.OutOfBoundsLoad : FaultKind.None;
        format = bytes == null ? default : new ReadOnlySpan<byte>(bytes, (int)m->Registers[2]);
        int end = format.IndexOf((byte)0);
        format = end < 0 ? "%"u8 : format[..end];
        return bytes != null;
    }

    private static long Format(Machine* m, ReadOnlySpan<byte> format, ulong address, ulong bytes, Span<byte> room, out FaultKind fault)
    {
        byte* numbers = GuestMemory.Readable(m, address, bytes);
        fault = numbers == null && bytes != 0 && address != 0 ? FaultKind.OutOfBoundsLoad : FaultKind.None;
        bool isWrong = bytes % sizeof(ulong) != 0 || bytes > TextFormat.MaxArguments * sizeof(ulong) || (bytes != 0 && address == 0);
        if (isWrong || fault != FaultKind.None) return -(long)Errno.EINVAL;
        Span<ulong> arguments = stackalloc ulong[TextFormat.MaxArguments];
        new ReadOnlySpan<byte>(numbers, (int)bytes).CopyTo(MemoryMarshal.AsBytes(arguments));
        return Format(m, format, arguments[..((int)bytes / sizeof(ulong))], room);
    }

    private static long Format(Machine* m, ReadOnlySpan<byte> format, ReadOnlySpan<ulong> arguments, Span<byte> room)
    {
        Span<Conversion> conversions = stackalloc Conversion[TextFormat.MaxArguments];
        Errno error = TextFormat.Read(format, arguments.Length, conversions, out int count);
        if (error != Errno.None) return -(long)error;

        var text = new TextWriter(m, room);
        int next = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (next < count && conversions[next].Start == i)
            {
                text.Convert(conversions[next], arguments[next]);
                i += conversions[next++].Length - 1;
                continue;
            }

            if (format[i] == '%') i++; // of two, one
            text.Put(format[i]);
        }

        text.End();
        return text.Length;
    }

    /// <summary>Counts what it has no room for (lib/vsprintf.c, 6.18, number, string and pointer).</summary>
    private ref struct TextWriter(Machine* m, Span<byte> room)
    {
        private readonly Span<byte> _room = room;

        public int Length { get; private set; }

        public void Put(byte character)
        {
            if (Length < _room.Length) _room[Length] = character;
            Length++;
        }

        public readonly void End()
        {
            if (!_room.IsEmpty) _room[Math.Min(Length, _room.Length - 1)] = 0;
        }

        public void Convert(in Conversion c, ulong value)
        {
            Span<byte> character = [(byte)value];
            switch (c.Kind)
            {
                case 'c':
                    PutPadded(c, character);
                    break;
                case 's' or 'S':
                    PutPadded(c, StringAt(value, c.Kind == 's'));
                    break;
                case 'p' or 'P':
                    PutNumber(c with { HasZeros = c.HasZeros || c.Width == 0, Width = c.Width == 0 ? 2 * sizeof(ulong) : c.Width }, value, radix: 16, isSigned: false);
                    break;
                case 'd' or 'i':
                    PutNumber(c, c.IsLong ? value : (ulong)(int)value, radix: 10, isSigned: true);
                    break;
                default:
                    PutNumber(c, c.IsLong ? value : (uint)value, c.Kind == 'u' ? 10u : 16u, isSigned: false);
                    break;
            }
        }

        /// <summary>Empty where nothing can be read.</summary>
        private readonly ReadOnlySpan<byte> StringAt(ulong address, bool isKernel)
        {
            int count = isKernel ? ProbeHelpers.StringBytes(m, address, TextFormat.MaxStringBytes) : 0;
            if (count == 0) ProbeHelpers.LeaveOpen(m, address, isKernel ? ProbeHelpers.Side.Kernel : ProbeHelpers.Side.User);
            return count == 0 ? default : new(GuestMemory.Readable(m, address, (ulong)count), count - 1);
        }

        private void PutNumber(in Conversion c, ulong value, uint radix, bool isSigned)
        {
            bool isNegative = isSigned && (long)value < 0;
            byte sign = (byte)(isNegative ? '-' : !isSigned ? 0 : c.HasPlus ? '+' : c.HasSpace ? ' ' : 0);
            if (isNegative) value = 0 - value;
            Span<byte> digits = stackalloc byte[20];
            int first = digits.Length;
            string alphabet = c.Kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
            do digits[--first] = (byte)alphabet[(int)(value % radix)];
            while ((value /= radix) != 0);

            int padding = c.Width - (digits.Length - first) - (sign == 0 ? 0 : 1);
            if (!c.IsLeft && !c.HasZeros) Fill(ref padding, ' ');
            if (sign != 0) Put(sign);
            if (!c.IsLeft) Fill(ref padding, '0');
            foreach (byte digit in digits[first..]) Put(digit);
            Fill(ref padding, ' ');
        }

        private void PutPadded(in Conversion c, scoped ReadOnlySpan<byte> text)
        {
            int padding = c.Width - text.Length;
            if (!c.IsLeft) Fill(ref padding, ' ');
            foreach (byte character in text) Put(character);
            Fill(ref padding, ' ');
        }

        private void Fill(ref int padding, char character)
        {
            for (; padding > 0; padding--) Put((byte)character);
        }
    }
}
