using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Malformed;

/// <summary>Breaks the rules on where control goes.</summary>
internal static class FlowBreakages
{
    /// <summary>The program ends within a wide instruction.</summary>
    public static void TruncatedWide(MalformedDraft draft, ref Entropy entropy)
    {
        if (draft.AnyRow(row => row.IsWide, ref entropy) is { } wide) draft.Slots[^1] = MalformedDraft.WellFormed(wide, ref entropy);
    }

    /// <summary>A jump, a call or a code address leads out of the program, a little or far.</summary>
    public static void LeadsOut(MalformedDraft draft, ref Entropy entropy)
    {
        int place = draft.AnyPlace(ref entropy);
        if (Leading(draft, ref entropy) is not { } row) return;
        int slots = row.IsWide ? 2 : 1;
        int beyond = entropy.Below(3) switch { 0 => 0, 1 => entropy.Below(8), _ => entropy.Below(short.MaxValue - 64) };
        int target = entropy.Below(2) == 0 ? -1 - beyond : draft.Slots.Count + slots + beyond;
        Insert(draft, place, row, target, ref entropy);
    }

    /// <summary>It leads to the second slot of a wide instruction.</summary>
    public static void LeadsIntoWide(MalformedDraft draft, ref Entropy entropy)
    {
        if (Leading(draft, ref entropy) is not { } row) return;
        int place = draft.AnyPlace(ref entropy);
        draft.Slots.InsertRange(place, [new Instruction(Opcodes.LoadImm64, Register.R0, default, 0, 0), default]);
        bool isBefore = entropy.Below(2) == 0;
        int slots = row.IsWide ? 2 : 1;
        Insert(draft, isBefore ? place : place + 2, row, isBefore ? place + slots + 1 : place + 1, ref entropy);
    }

    /// <summary>The last instruction goes on.</summary>
    public static void FallsOffEnd(MalformedDraft draft, ref Entropy entropy)
    {
        draft.Slots.RemoveAt(draft.Slots.Count - 1);
        if (entropy.Below(2) == 0) draft.Slots.Add(new Instruction(Opcodes.JumpIfEqualImmediate64, Register.R0, default, (short)(-1 - draft.Slots.Count), 1));
    }

    /// <summary>Nothing leads to some instructions.</summary>
    public static void Unreachable(MalformedDraft draft, ref Entropy entropy)
    {
        Instruction[] dead = [Code.MoveImmediate(Register.R0, 1)];
        if (entropy.Below(2) == 0) draft.Slots.AddRange([.. dead, Code.Exit]);
        else draft.Slots.InsertRange(draft.AnyPlace(ref entropy), [Code.Jump((short)dead.Length), .. dead]);
    }

    /// <summary>There is nothing.</summary>
    public static void Empty(MalformedDraft draft, ref Entropy entropy) => draft.Slots.Clear();

    private static InstructionDef? Leading(MalformedDraft draft, ref Entropy entropy) => draft.AnyRow(
        row => row.Operation == Operation.CallLocal || (row.Operation == Operation.LoadImm64 && row.Src.Allows((int)LoadImm64Source.Code) && row.Src.Kind == FieldRuleKind.Exactly)
            || JumpTargets.IsJump(new Instruction(row.Opcode, 0, 0, 0)),
        ref entropy);

    private static void Insert(MalformedDraft draft, int place, InstructionDef row, int target, ref Entropy entropy)
    {
        Instruction slot = MalformedDraft.WellFormed(row, ref entropy);
        int distance = target - place - 1;
        bool countsInImmediate = slot.Opcode is Opcodes.Ja32 or Opcodes.Call or Opcodes.LoadImm64;
        draft.Slots.Insert(place, countsInImmediate ? slot with { Immediate = distance } : slot with { Offset = (short)distance });
        if (row.IsWide) draft.Slots.Insert(place + 1, default);
    }
}
