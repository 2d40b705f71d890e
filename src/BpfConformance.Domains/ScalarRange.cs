namespace BpfConformance.Domains;

/// <summary>The numbers that a register can hold: an unsigned range, and the bits that are known of all in it.</summary>
public readonly record struct ScalarRange
{
    private ScalarRange(Tnum bits, ulong min, ulong max)
    {
        Bits = bits;
        Min = min;
        Max = max;
    }

    public static ScalarRange Unknown => new(Tnum.Unknown, 0, ulong.MaxValue);

    public Tnum Bits { get; }

    public ulong Min { get; }

    public ulong Max { get; }

    public bool IsConstant => Min == Max;

    public static ScalarRange Constant(ulong value) => new(Tnum.Constant(value), value, value);

    /// <summary>All from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static ScalarRange Between(ulong min, ulong max) => new(Tnum.OfRange(min, max), min, max);

    public bool Contains(ulong value) => value >= Min && value <= Max && Bits.Contains(value);

    /// <summary>What is in either.</summary>
    public ScalarRange Join(in ScalarRange other) => new(Bits.Join(other.Bits), Math.Min(Min, other.Min), Math.Max(Max, other.Max));

    public ScalarRange Add(in ScalarRange other)
    {
        Tnum bits = Bits.Add(other.Bits);
        return Max > ulong.MaxValue - other.Max ? Of(bits) : Tightened(bits, Min + other.Min, Max + other.Max);
    }

    public ScalarRange Subtract(in ScalarRange other)
    {
        Tnum bits = Bits.Subtract(other.Bits);
        return Min < other.Max ? Of(bits) : Tightened(bits, Min - other.Max, Max - other.Min);
    }

    public ScalarRange And(in ScalarRange other) => Tightened(Bits.And(other.Bits), 0, Math.Min(Max, other.Max));

    public ScalarRange Or(in ScalarRange other) => Tightened(Bits.Or(other.Bits), Math.Max(Min, other.Min), ulong.MaxValue);

    public ScalarRange Xor(in ScalarRange other) => Of(Bits.Xor(other.Bits));

    public ScalarRange Multiply(in ScalarRange other)
    {
        Tnum bits = Bits.Multiply(other.Bits);
        return Max > uint.MaxValue || other.Max > uint.MaxValue ? Of(bits) : Tightened(bits, Min * other.Min, Max * other.Max);
    }

    public ScalarRange ShiftLeft(int count)
    {
        Tnum bits = Bits.ShiftLeft(count);
        return Max > ulong.MaxValue >> count ? Of(bits) : Tightened(bits, Min << count, Max << count);
    }

    public ScalarRange ShiftRight(int count) => Tightened(Bits.ShiftRight(count), Min >> count, Max >> count);

    public ScalarRange ShiftRightSigned(int count) => Max <= long.MaxValue ? ShiftRight(count) : Of(Bits.ShiftRightSigned(count));

    /// <summary>The lowest bits, the others being 0.</summary>
    public ScalarRange ZeroExtended(int bits)
    {
        ulong largest = ulong.MaxValue >> (64 - bits);
        return Max <= largest ? this : Of(Bits.ZeroExtended(bits));
    }

    /// <summary>The lowest bits, the others being as the highest of these.</summary>
    public ScalarRange SignExtended(int bits)
    {
        ulong largest = ulong.MaxValue >> (65 - bits);
        return Max <= largest ? this : Of(Bits.SignExtended(bits));
    }

    private static ScalarRange Of(Tnum bits) => new(bits, bits.Min, bits.Max);

    /// <summary>Each of the two can say more than the other.</summary>
    private static ScalarRange Tightened(Tnum bits, ulong min, ulong max)
    {
        min = Math.Max(min, bits.Min);
        max = Math.Min(max, bits.Max);
        return new ScalarRange(bits.Meet(Tnum.OfRange(min, max)), min, max);
    }
}
