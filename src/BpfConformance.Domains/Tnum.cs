using System.Numerics;

namespace BpfConformance.Domains;

/// <summary>
/// Numbers of which some bits are known (Vishwanathan et al., "Sound, Precise, and Fast Abstract Interpretation with Tristate Numbers", 2022).
/// </summary>
/// <param name="Value">The bits that are known to be set.</param>
/// <param name="Mask">The bits that are not known; none of them is in <paramref name="Value"/>.</param>
public readonly record struct Tnum(ulong Value, ulong Mask)
{
    public static Tnum Unknown => new(0, ulong.MaxValue);

    public bool IsConstant => Mask == 0;

    /// <summary>The smallest that it can be, unsigned.</summary>
    public ulong Min => Value;

    /// <summary>The largest that it can be, unsigned.</summary>
    public ulong Max => Value | Mask;

    public static Tnum Constant(ulong value) => new(value, 0);

    /// <summary>Of all from <paramref name="min"/> to <paramref name="max"/>: what stands before the highest bit in which these differ is known.</summary>
    public static Tnum OfRange(ulong min, ulong max)
    {
        int open = 64 - BitOperations.LeadingZeroCount(min ^ max);
        ulong mask = open == 64 ? ulong.MaxValue : (1ul << open) - 1;
        return new Tnum(min & ~mask, mask);
    }

    public bool Contains(ulong value) => (value & ~Mask) == Value;

    /// <summary>What is in either.</summary>
    public Tnum Join(Tnum other)
    {
        ulong mask = Mask | other.Mask | (Value ^ other.Value);
        return new Tnum(Value & ~mask, mask);
    }

    /// <summary>What is in both, where something is.</summary>
    public Tnum Meet(Tnum other)
    {
        ulong mask = Mask & other.Mask;
        return new Tnum((Value | other.Value) & ~mask, mask);
    }

    /// <summary>A bit is open where a carry can differ: where the sums with all open bits clear and with all of them set do.</summary>
    public Tnum Add(Tnum other) => unchecked(OfExtremes(Value + other.Value, Max + other.Max, Mask | other.Mask));

    public Tnum Subtract(Tnum other) => unchecked(OfExtremes(Value - other.Max, Max - other.Value, Mask | other.Mask));

    public Tnum And(Tnum other)
    {
        ulong set = Value & other.Value;
        return new Tnum(set, Max & other.Max & ~set);
    }

    public Tnum Or(Tnum other)
    {
        ulong set = Value | other.Value;
        return new Tnum(set, (Mask | other.Mask) & ~set);
    }

    public Tnum Xor(Tnum other)
    {
        ulong mask = Mask | other.Mask;
        return new Tnum((Value ^ other.Value) & ~mask, mask);
    }

    /// <summary>Of a product only how many zeros it ends in.</summary>
    public Tnum Multiply(Tnum other)
    {
        if (IsConstant && other.IsConstant) return Constant(unchecked(Value * other.Value));
        int zeros = BitOperations.TrailingZeroCount(Max) + BitOperations.TrailingZeroCount(other.Max);
        return new Tnum(0, zeros >= 64 ? 0 : ulong.MaxValue << zeros);
    }

    public Tnum ShiftLeft(int count) => new(Value << count, Mask << count);

    public Tnum ShiftRight(int count) => new(Value >> count, Mask >> count);

    /// <summary>The sign is shifted in, known or not.</summary>
    public Tnum ShiftRightSigned(int count) => new((ulong)((long)Value >> count), (ulong)((long)Mask >> count));

    /// <summary>The lowest bits, the others being 0.</summary>
    public Tnum ZeroExtended(int bits) => bits == 64 ? this : new(Value & ((1ul << bits) - 1), Mask & ((1ul << bits) - 1));

    /// <summary>The lowest bits, the others being as the highest of these.</summary>
    public Tnum SignExtended(int bits) => ShiftLeft(64 - bits).ShiftRightSigned(64 - bits);

    private static Tnum OfExtremes(ulong low, ulong high, ulong mask)
    {
        ulong open = mask | (low ^ high);
        return new Tnum(low & ~open, open);
    }
}
