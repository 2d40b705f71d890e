using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Malformed;

/// <summary>A program in which something is broken: first a few instructions that are as they should be.</summary>
/// <param name="rows">The forms that may be in it.</param>
internal sealed class MalformedDraft(ImmutableArray<InstructionDef> rows)
{
    private const int FewestInstructions = 1;
    private const int MostInstructions = 6;

    /// <summary>Accesses of the stack that stay within it.</summary>
    private const int Deepest = -64;

    private readonly ImmutableArray<InstructionDef> _straight = [.. rows.Where(IsStraight)];

    public List<Instruction> Slots { get; } = [];

    /// <summary>Writes what is as it should be.</summary>
    public void Begin(ref Entropy entropy)
    {
        Slots.Clear();
        Slots.Add(Code.MoveImmediate(Register.R0, 0));
        for (int left = entropy.Between(FewestInstructions, MostInstructions); left > 0 && !_straight.IsEmpty; left--)
        {
            InstructionDef row = _straight[entropy.Below(_straight.Length)];
            Slots.Add(WellFormed(row, ref entropy));
            if (row.IsWide) Slots.Add(new Instruction(0, 0, 0, (int)entropy.Next()));
        }

        Slots.Add(Code.Exit);
    }

    /// <summary>One of the forms that may be in the program.</summary>
    public InstructionDef AnyRow(ref Entropy entropy) => rows[entropy.Below(rows.Length)];

    /// <summary>One of those that are like this; <c>null</c>: there is none.</summary>
    public InstructionDef? AnyRow(Func<InstructionDef, bool> like, ref Entropy entropy)
    {
        InstructionDef[] alike = [.. rows.Where(like)];
        return alike.Length == 0 ? null : alike[entropy.Below(alike.Length)];
    }

    /// <summary>A place where an instruction begins.</summary>
    public int AnyPlace(ref Entropy entropy)
    {
        int place = entropy.Below(Slots.Count);
        return place > 0 && Slots[place - 1].IsWide ? place - 1 : place;
    }

    /// <summary>A first slot that keeps the rules of a form; jumps lead to the next slot.</summary>
    public static Instruction WellFormed(InstructionDef row, ref Entropy entropy)
    {
        bool isStore = row.Class is InstructionClass.St or InstructionClass.Stx && row.Operation != Operation.LoadAcquire;
        bool isLoad = row.Operation is Operation.Load or Operation.LoadSigned or Operation.LoadAcquire;
        int dst = isStore ? (int)Register.R10 : FieldOf(row.Dst, ref entropy);
        int src = isLoad ? (int)Register.R10 : FieldOf(row.Src, ref entropy);
        int offset = row.Offset.Kind != FieldRuleKind.Any ? row.Offset.Value : isStore || isLoad ? 8 * entropy.Between(Deepest / 8, -1) : 0;
        int immediate = row.Immediate.Kind != FieldRuleKind.Any ? row.Immediate.Value
            : row.Operation is Operation.Ja or Operation.CallLocal ? 0
            : entropy.Of(ValueLattice.Immediates.AsSpan());
        return new Instruction(row.Opcode, (Register)dst, (Register)src, (short)offset, immediate);
    }

    private static int FieldOf(FieldRule rule, ref Entropy entropy) => rule.NamesRegister ? entropy.Below((int)Register.R10) : rule.Value;

    private static bool IsStraight(InstructionDef row) => row.Operation == Operation.LoadImm64
        ? row.Src.Allows((int)LoadImm64Source.Immediate)
        : JumpTargets.IsStraight(new Instruction(row.Opcode, 0, 0, 0));
}
