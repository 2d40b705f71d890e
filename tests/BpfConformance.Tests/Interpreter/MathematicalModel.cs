using BpfConformance.Abi.Instructions;

namespace BpfConformance.Tests.Interpreter;

/// <summary>The families of instruction that the model gives a meaning.</summary>
internal enum ModelShape
{
    None, Alu, ByteSwap, Condition, Atomic,
}

/// <summary>
/// A second statement of what instructions mean, in integers that never overflow, with one truncation at the end, written from
/// the text and the numbers of RFC 9669 (sections 4.1, 4.2, 4.3, 5.3). It reads the fields for itself and shares
/// nothing with the interpreter, nor with the instruction table. Values of registers are integers from 0 to 2^64 − 1, and
/// all that is made of them before the truncation lies between −2^127 and 2^127.
/// </summary>
internal static class MathematicalModel
{
    // Instruction classes, section 3.3.
    private const int Stx = 3;
    private const int Alu32Class = 4;
    private const int Jmp64Class = 5;
    private const int Jmp32Class = 6;
    private const int Alu64Class = 7;

    private static readonly Int128[] s_powersOfTwo = [.. Enumerable.Range(0, 65).Select(k => Int128.One << k)];
    private static readonly Int128[] s_ones = [.. s_powersOfTwo.Select(power => power - 1)];

    /// <summary>What the fields make of the instruction; <see cref="ModelShape.None"/> for what the model does not state.</summary>
    public static ModelShape ShapeOf(Instruction i) => (ClassOf(i), CodeOf(i)) switch
    {
        (Alu32Class, 0xd) or (Alu64Class, 0xd) => ModelShape.ByteSwap,
        (Alu32Class or Alu64Class, < 0xd) => IsAlu(i) ? ModelShape.Alu : ModelShape.None,
        (Jmp64Class or Jmp32Class, >= 0x1 and <= 0x7 or >= 0xa and <= 0xd) => ModelShape.Condition,
        (Stx, _) when ModeOf(i) == 6 && IsAtomic(i) => ModelShape.Atomic,
        _ => ModelShape.None,
    };

    /// <summary>Section 4.1: the value of dst afterwards.</summary>
    public static Int128 Alu(Instruction i, Int128 dst, Int128 src)
    {
        int width = ClassOf(i) == Alu64Class ? 64 : 32;
        Int128 operand = HasSourceRegister(i) ? src : i.Immediate;
        Int128 a = Unsigned(dst, width);
        Int128 b = Unsigned(operand, width);
        Int128 result = (CodeOf(i), i.Offset) switch
        {
            (0x0, 0) => a + b,
            (0x1, 0) => a - b,
            // Signed operands are congruent to unsigned ones, and so are the products: but these stay below 2^127.
            (0x2, 0) => Signed(dst, width) * Signed(operand, width),
            (0x3, 0) => b == 0 ? 0 : Floor(a, b),
            (0x3, 1) => b == 0 ? 0 : TowardZero(Signed(dst, width), Signed(operand, width)),
            (0x4, 0) => a | b,
            (0x5, 0) => a & b,
            (0x6, 0) => a * TwoToThe(b, width),
            (0x7, 0) => Floor(a, TwoToThe(b, width)),
            (0x8, 0) => -a,
            (0x9, 0) => b == 0 ? a : a - (b * Floor(a, b)),
            (0x9, 1) => b == 0 ? a : SignedModulo(Signed(dst, width), Signed(operand, width)),
            (0xa, 0) => a ^ b,
            (0xb, 0) => b,
            (0xb, 8 or 16 or 32) => Signed(operand, i.Offset),
            (0xc, 0) => Floor(Signed(dst, width), TwoToThe(b, width)),
            _ => throw new ArgumentOutOfRangeException(nameof(i), i, "no arithmetic of section 4.1"),
        };
        return Unsigned(result, width);
    }

    /// <summary>Section 4.2, on a little-endian host: the value of dst afterwards.</summary>
    public static Int128 ByteSwap(Instruction i, Int128 dst)
    {
        // Digits in base 256, the least significant first: the order in which a little-endian host stores them.
        Int128[] digits = [.. Enumerable.Range(0, i.Immediate / 8).Select(n => Unsigned(dst / s_powersOfTwo[8 * n], 8))];
        bool toLittleEndian = ClassOf(i) == Alu32Class && !HasSourceRegister(i);
        IEnumerable<Int128> order = toLittleEndian ? digits : digits.Reverse();
        return order.Select((digit, n) => digit * s_powersOfTwo[8 * n]).Aggregate(Int128.Zero, (sum, term) => sum + term);
    }

    /// <summary>Section 4.3: whether the jump is taken.</summary>
    public static bool Condition(Instruction i, Int128 dst, Int128 src)
    {
        int width = ClassOf(i) == Jmp64Class ? 64 : 32;
        Int128 operand = HasSourceRegister(i) ? src : i.Immediate;
        (Int128 a, Int128 b) = (Unsigned(dst, width), Unsigned(operand, width));
        return CodeOf(i) switch
        {
            0x1 => a == b,
            0x2 => a > b,
            0x3 => a >= b,
            0x4 => (a & b) != 0,
            0x5 => a != b,
            0x6 => Signed(dst, width) > Signed(operand, width),
            0x7 => Signed(dst, width) >= Signed(operand, width),
            0xa => a < b,
            0xb => a <= b,
            0xc => Signed(dst, width) < Signed(operand, width),
            0xd => Signed(dst, width) <= Signed(operand, width),
            _ => throw new ArgumentOutOfRangeException(nameof(i), i, "no condition of section 4.3"),
        };
    }

    /// <summary>Bits of memory that an atomic touches.</summary>
    public static int AtomicBits(Instruction i) => SizeOf(i) == 3 ? 64 : 32;

    /// <summary>Section 5.3: changes the registers, and returns what memory holds afterwards.</summary>
    public static Int128 Atomic(Instruction i, Int128[] registers, Int128 memory)
    {
        const int Fetch = 0x01;
        int width = AtomicBits(i);
        Int128 operand = Unsigned(registers[i.Src], width);
        bool matches = memory == Unsigned(registers[0], width);
        Int128 result = i.Immediate switch
        {
            0x00 or 0x00 | Fetch => memory + operand,
            0x40 or 0x40 | Fetch => memory | operand,
            0x50 or 0x50 | Fetch => memory & operand,
            0xa0 or 0xa0 | Fetch => memory ^ operand,
            0xe0 | Fetch => operand,
            0xf0 | Fetch => matches ? operand : memory,
            _ => throw new ArgumentOutOfRangeException(nameof(i), i, "no atomic of section 5.3"),
        };
        bool isCompare = i.Immediate == (0xf0 | Fetch);
        if (isCompare) registers[0] = memory;
        else if ((i.Immediate & Fetch) != 0) registers[i.Src] = memory;
        return Unsigned(result, width);
    }

    private static int ClassOf(Instruction i) => i.Opcode & 0x07;

    private static int CodeOf(Instruction i) => i.Opcode >> 4;

    private static int ModeOf(Instruction i) => i.Opcode >> 5;

    private static int SizeOf(Instruction i) => (i.Opcode >> 3) & 3;

    private static bool HasSourceRegister(Instruction i) => (i.Opcode & 0x08) != 0;

    private static bool IsAlu(Instruction i) => (CodeOf(i), i.Offset) switch
    {
        (0x3 or 0x9, 1) => true,
        (0xb, 8 or 16) => HasSourceRegister(i),
        (0xb, 32) => HasSourceRegister(i) && ClassOf(i) == Alu64Class,
        (_, 0) => true,
        _ => false,
    };

    private static bool IsAtomic(Instruction i) =>
        SizeOf(i) is 0 or 3 && i.Immediate is 0x00 or 0x01 or 0x40 or 0x41 or 0x50 or 0x51 or 0xa0 or 0xa1 or 0xe1 or 0xf1;

    /// <summary>The integer from 0 to 2^bits − 1 that is congruent.</summary>
    private static Int128 Unsigned(Int128 value, int bits) => value & s_ones[bits];

    /// <summary>The integer from −2^(bits − 1) to 2^(bits − 1) − 1 that is congruent.</summary>
    private static Int128 Signed(Int128 value, int bits)
    {
        Int128 unsigned = Unsigned(value, bits);
        return unsigned < s_powersOfTwo[bits - 1] ? unsigned : unsigned - s_powersOfTwo[bits];
    }

    /// <summary>The greatest integer not above a / b, for b &gt; 0.</summary>
    private static Int128 Floor(Int128 a, Int128 b)
    {
        Int128 quotient = a / b;
        return quotient * b > a ? quotient - 1 : quotient;
    }

    /// <summary>For shifts: "a mask of 0x3F (63) for 64-bit operations and 0x1F (31) for 32-bit operations".</summary>
    private static Int128 TwoToThe(Int128 count, int width) => s_powersOfTwo[(int)(count % width)];

    /// <summary>Integers divide as in C.</summary>
    private static Int128 TowardZero(Int128 a, Int128 b) => a / b;

    /// <summary>"a % n = a - n * trunc(a / n)"</summary>
    private static Int128 SignedModulo(Int128 a, Int128 n) => a - (n * TowardZero(a, n));
}
