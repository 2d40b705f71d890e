using System.Collections.Immutable;
using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Coverage;

/// <summary>
/// What programs hold, place by place: each row of the <see cref="InstructionTable"/> with each class of the values that its offset or its
/// immediate can have.
/// </summary>
public static class CoverageMap
{
    private const int ClassesOfRow = 32; // as many as ValueClasses has bits

    private static readonly ImmutableArray<(ValueClasses? Offsets, ValueClasses? Immediates)> s_classes =
        [.. InstructionTable.Rows.Select(row => (RowClasses.Offsets(row) ?? (CountsInOffset(row) ? RowClasses.Distances(row) : null), RowClasses.Immediates(row)))];

    /// <summary>Places that there are.</summary>
    public static int Possible { get; } = s_classes.Sum(row => (row.Offsets ?? row.Immediates)?.All.Length ?? 1);

    /// <summary>Rows that there are.</summary>
    public static int Rows => InstructionTable.Rows.Length;

    /// <summary>The row of a place.</summary>
    public static int RowOf(int place) => place / ClassesOfRow;

    /// <summary>Adds the places of a program to a set.</summary>
    public static void Add(BpfProgram program, ISet<int> places)
    {
        ReadOnlySpan<Instruction> slots = program.Instructions.AsSpan();
        for (int pc = 0; pc < slots.Length; pc += slots[pc].IsWide ? 2 : 1)
        {
            if (InstructionTable.Find(slots[pc]) is { } row) places.Add((row.Index * ClassesOfRow) + ClassOf(row.Index, slots[pc]));
        }
    }

    private static int ClassOf(int row, in Instruction slot)
    {
        (ValueClasses? offsets, ValueClasses? immediates) = s_classes[row];
        uint bit = offsets?.BitOf(slot.Offset) ?? immediates?.BitOf(slot.Immediate) ?? 1;
        return bit == 0 ? ClassesOfRow - 1 : BitOperations.TrailingZeroCount(bit);
    }

    private static bool CountsInOffset(InstructionDef row) => row.Offset.Kind == FieldRuleKind.Any;
}
