using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Boundary;

/// <summary>Jumps and calls that lead where they must not, or never end.</summary>
internal static class FlowViolations
{
    private const int Rare = 4; // of what takes machines long

    private static readonly InstructionDef s_ja = InstructionTable.Named("ja");

    public static bool JumpOutside(ProgramDraft draft)
    {
        int jump = draft.Emit(draft.Entropy.Of<InstructionDef>(draft.Rows.Conditions), draft.AnyScalar());
        draft.Lead(jump, draft.Entropy.Of<int>([-1, -100, draft.Count + 5000]));
        return true;
    }

    public static bool JumpIntoWide(ProgramDraft draft)
    {
        draft.Emit(InstructionTable.Named("jeq64-imm"), draft.AnyScalar(), offset: 1);
        draft.Emit(InstructionTable.Named("lddw-imm"), draft.Target());
        draft.EmitSecond(0);
        return true;
    }

    public static bool JumpToItself(ProgramDraft draft)
    {
        draft.Emit(InstructionTable.Named("jeq64-imm"), draft.AnyScalar(), offset: -1, immediate: 1);
        return true;
    }

    /// <summary>A loop that does not count.</summary>
    public static bool Endless(ProgramDraft draft)
    {
        if (draft.Entropy.Below(Rare) > 0) return false;
        int start = draft.Count;
        if (draft.Base >= 0) draft.LoadFresh(draft.Entropy.BitOf(draft.State.FreeForNumbers | draft.State.Writable & 1));
        int jump = draft.Emit(draft.Entropy.Below(2) == 0 ? s_ja : InstructionTable.Named("jne64-imm"), draft.Entropy.Below(2));
        draft.Lead(jump, start);
        return true;
    }

    public static bool TooManyTurns(ProgramDraft draft)
    {
        uint free = draft.State.FreeForNumbers;
        if (free == 0 || draft.Entropy.Below(Rare) > 0) return false;
        int counter = draft.Entropy.BitOf(free);
        draft.SetConstant(counter, 0);
        int start = draft.Count;
        draft.Emit(draft.Rows.AddImmediate, counter, immediate: 1);
        draft.Lead(draft.Emit(InstructionTable.Named("jlt64-imm"), counter, immediate: 10_000_000), start);
        return true;
    }

    public static bool Unreachable(ProgramDraft draft)
    {
        draft.Emit(s_ja, 0, offset: 2);
        draft.Emit(draft.Rows.MoveImmediate, 0);
        draft.Emit(draft.Rows.Exit, 0);
        return true;
    }

    /// <summary>A function that calls itself: the program. It has no tail calls then, as local functions have none here.</summary>
    public static bool EndlessCall(ProgramDraft draft)
    {
        if (draft.HasTailCall) return false;
        draft.IsLast = true;
        int call = draft.Emit(draft.Rows.CallLocal, 0);
        draft.Lead(call, draft.Entropy.Below(2) == 0 ? 0 : call);
        return true;
    }

    public static bool CallOutside(ProgramDraft draft)
    {
        draft.Emit(draft.Rows.CallLocal, 0, immediate: draft.Entropy.Of<int>([10_000, -10_000, int.MaxValue]));
        return true;
    }

    /// <summary>What is called becomes a function, and others jump into it.</summary>
    public static bool CallIntoBody(ProgramDraft draft)
    {
        draft.Emit(draft.Rows.CallLocal, 0, immediate: 1);
        return true;
    }

    /// <summary>One that is not for this type, or finds no packet in r6.</summary>
    public static bool LegacyLoad(ProgramDraft draft)
    {
        if (draft.Rows.Legacy.Length == 0) return false;
        draft.Emit(draft.Entropy.Of<InstructionDef>(draft.Rows.Legacy), 0, draft.AnyScalar(), kind: ValueKind.Context);
        return true;
    }

    /// <summary>The program has another end, which is none.</summary>
    public static bool FallsOff(ProgramDraft draft)
    {
        draft.IsCutShort = true;
        return true;
    }
}
