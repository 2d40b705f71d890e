using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Coverage;

/// <summary>Which fields of a row hold values that are divided into classes; <c>null</c>: the row has no such field.</summary>
public static class RowClasses
{
    /// <summary>The offset of a memory access.</summary>
    public static ValueClasses? Offsets(InstructionDef row) =>
        row.Class is InstructionClass.Ldx or InstructionClass.St or InstructionClass.Stx ? ValueClasses.Offsets : null;

    /// <summary>Where a jump or a local call leads to, in whichever field it is.</summary>
    public static ValueClasses? Distances(InstructionDef row) =>
        IsConditional(row) ? ValueClasses.ConditionalDistances
        : !IsDirect(row) ? null
        : row.Immediate.Kind == FieldRuleKind.Any ? ValueClasses.LongDistances
        : ValueClasses.Distances;

    /// <summary>The immediate, where it is a number: not the name of a function, and not half of 64 bits.</summary>
    public static ValueClasses? Immediates(InstructionDef row) =>
        row.Immediate.Kind == FieldRuleKind.Any
        && !IsDirect(row)
        && row.Operation is not (Operation.CallHelper or Operation.CallKernel or Operation.LoadImm64)
            ? ValueClasses.Immediates
            : null;

    /// <summary>Whether it compares and may jump or go on. When may_goto jumps is the machine's choice, and no case can ask for it.</summary>
    public static bool IsConditional(InstructionDef row) => row.Operation is >= Operation.Jeq and <= Operation.Jsle;

    private static bool IsDirect(InstructionDef row) => row.Operation is Operation.Ja or Operation.CallLocal;
}
