using System.Globalization;

namespace BpfConformance.Engine.Targets;

/// <summary>
/// The numbers that a verifier believes possible: those that agree with the known bits and lie in all four ranges (kernel/bpf/verifier.c, struct bpf_reg_state).
/// </summary>
/// <param name="Value">The bits that are known to be set.</param>
/// <param name="Mask">The bits that are not known.</param>
/// <param name="SMin">Of 64 bits, signed.</param>
/// <param name="SMax">The last.</param>
/// <param name="UMin">Of 64 bits, unsigned.</param>
/// <param name="UMax">The last.</param>
/// <param name="S32Min">Of the low half, signed.</param>
/// <param name="S32Max">The last.</param>
/// <param name="U32Min">Of the low half, unsigned.</param>
/// <param name="U32Max">The last.</param>
public readonly record struct BelievedScalar(
    ulong Value, ulong Mask, long SMin, long SMax, ulong UMin, ulong UMax, int S32Min, int S32Max, uint U32Min, uint U32Max)
{
    /// <summary>Nothing is known.</summary>
    public static BelievedScalar Any { get; } = new(
        0, ulong.MaxValue, long.MinValue, long.MaxValue, 0, ulong.MaxValue, int.MinValue, int.MaxValue, 0, uint.MaxValue);

    public static BelievedScalar Constant(ulong value) => unchecked(new(
        value, 0, (long)value, (long)value, value, value, (int)value, (int)value, (uint)value, (uint)value));

    public bool Contains(ulong number)
    {
        unchecked
        {
            return (number & ~Mask) == Value
                && number >= UMin && number <= UMax
                && (long)number >= SMin && (long)number <= SMax
                && (uint)number >= U32Min && (uint)number <= U32Max
                && (int)number >= S32Min && (int)number <= S32Max;
        }
    }

    /// <summary>What of it says something.</summary>
    public override string ToString()
    {
        if (Mask == 0 && this == Constant(Value)) return string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");
        var parts = new List<string>();
        if (Mask != ulong.MaxValue) parts.Add($"bits 0x{Value:x} of ~0x{Mask:x}");
        if ((UMin, UMax) != (Any.UMin, Any.UMax)) parts.Add($"u64 [0x{UMin:x}, 0x{UMax:x}]");
        if ((SMin, SMax) != (Any.SMin, Any.SMax)) parts.Add(string.Create(CultureInfo.InvariantCulture, $"s64 [{SMin}, {SMax}]"));
        if ((U32Min, U32Max) != (Any.U32Min, Any.U32Max)) parts.Add($"u32 [0x{U32Min:x}, 0x{U32Max:x}]");
        if ((S32Min, S32Max) != (Any.S32Min, Any.S32Max)) parts.Add(string.Create(CultureInfo.InvariantCulture, $"s32 [{S32Min}, {S32Max}]"));
        return parts.Count == 0 ? "any number" : string.Join(", ", parts);
    }
}
