using System.Runtime.CompilerServices;

namespace BpfConformance.Abi.Instructions;

/// <summary>The kinds of demand that a form makes on one of its fields.</summary>
public enum FieldRuleKind : byte
{
    Zero, Any, AnyRegister, WritableRegister, Exactly,
}

/// <summary>
/// What one field of an instruction form must hold. A field with several legal values that mean different things
/// has one row per value, so no rule lists alternatives.
/// </summary>
/// <param name="Kind">The kind of demand.</param>
/// <param name="Value">The value for <see cref="FieldRuleKind.Exactly"/>, else 0.</param>
public readonly record struct FieldRule(FieldRuleKind Kind, int Value)
{
    /// <summary>Reserved: must be zero.</summary>
    public static FieldRule Zero => new(FieldRuleKind.Zero, 0);

    public static FieldRule Any => new(FieldRuleKind.Any, 0);

    /// <summary>r0–r10.</summary>
    public static FieldRule AnyRegister => new(FieldRuleKind.AnyRegister, 0);

    /// <summary>r0–r9: the frame pointer is read-only.</summary>
    public static FieldRule WritableRegister => new(FieldRuleKind.WritableRegister, 0);

    public static FieldRule Exactly(int value) => new(FieldRuleKind.Exactly, value);

    public bool NamesRegister => Kind is FieldRuleKind.AnyRegister or FieldRuleKind.WritableRegister;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Allows(int value) => Kind switch
    {
        FieldRuleKind.Zero => value == 0,
        FieldRuleKind.Any => true,
        FieldRuleKind.AnyRegister => value is >= 0 and <= (int)Register.R10,
        FieldRuleKind.WritableRegister => value is >= 0 and < (int)Register.R10,
        FieldRuleKind.Exactly => value == Value,
    };
}
