using System.Collections.Immutable;
using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Coverage;

/// <summary>
/// What programs hold, place by place: each row of the <see cref="InstructionTable"/> with each class of the values that its offset or its
/// immediate can have; and, behind these, each row with each kind of value that its operands can be, where the generator knows.
/// </summary>
public static class CoverageMap
{
    private const int ClassesOfRow = 32; // as many as ValueClasses has bits

    private static readonly ImmutableArray<(ValueClasses? Offsets, ValueClasses? Immediates)> s_classes =
        [.. InstructionTable.Rows.Select(row => (RowClasses.Offsets(row) ?? (CountsInOffset(row) ? RowClasses.Distances(row) : null), RowClasses.Immediates(row)))];

    private static readonly int s_firstShape = InstructionTable.Rows.Length * ClassesOfRow;

    /// <summary>Pairs of a row and a class that there are.</summary>
    public static int Possible { get; } = s_classes.Sum(row => (row.Offsets ?? row.Immediates)?.All.Length ?? 1);

    /// <summary>Rows that there are.</summary>
    public static int Rows => InstructionTable.Rows.Length;

    /// <summary>Rows among places.</summary>
    public static int RowsOf(IEnumerable<int> places) => places.Where(place => !IsOfShape(place)).Select(place => place / ClassesOfRow).Distinct().Count();

    /// <summary>Whether a place is a row with a kind of value.</summary>
    public static bool IsOfShape(int place) => place >= s_firstShape;

    /// <summary>Adds to a set the places of a program that another has not.</summary>
    /// <param name="program">Which.</param>
    /// <param name="shape">What is known of its values; <c>null</c>: nothing.</param>
    /// <param name="known">The other; it has them, too, then.</param>
    /// <param name="added">That set.</param>
    public static void Add(BpfProgram program, GeneratedShape? shape, BitSet known, ISet<int> added)
    {
        ReadOnlySpan<Instruction> slots = program.Instructions.AsSpan();
        for (int pc = 0; pc < slots.Length; pc += slots[pc].IsWide ? 2 : 1)
        {
            if (InstructionTable.Find(slots[pc]) is not { } row) continue;
            int place = (row.Index * ClassesOfRow) + ClassOf(row.Index, slots[pc]);
            if (known.Add(place)) added.Add(place);
        }

        if (shape is null) return;
        foreach (int cell in shape.Cells)
        {
            if (known.Add(s_firstShape + cell)) added.Add(s_firstShape + cell);
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
