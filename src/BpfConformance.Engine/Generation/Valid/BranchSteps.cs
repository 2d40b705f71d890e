using System.Numerics;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Branches and loops.</summary>
internal static class BranchSteps
{
    private const int MostLoops = 2;

    /// <summary>Registers that a loop has to leave to what is in it.</summary>
    private const int LeastFree = 5;

    /// <summary>A branch over some steps, with others in their place or without.</summary>
    public static bool Begin(ProgramDraft draft)
    {
        if (draft.Blocks.Count == OpenBlocks.MostOpen || !CanCompare(draft)) return false;
        int jump = Condition(draft);
        draft.Blocks.BeginBranch(jump, draft.Entropy.Between(1, 4), hasElse: draft.Rows.Jumps.Length > 0 && draft.Entropy.Chance(30));
        return true;
    }

    /// <summary>The program or function ends here, or goes on.</summary>
    public static bool Leave(ProgramDraft draft)
    {
        if (draft.State.Loops > 0 || !CanCompare(draft)) return false;
        int jump = Condition(draft);
        draft.Return();
        draft.LeadHere(jump);
        return true;
    }

    /// <summary>What a machine may skip at any time, and does not in so few instructions.</summary>
    public static bool BeginMayGoto(ProgramDraft draft)
    {
        if (draft.Rows.MayGoto is not { } row || draft.Blocks.Count == OpenBlocks.MostOpen) return false;
        draft.Blocks.BeginBranch(draft.Emit(row, 0), draft.Entropy.Between(1, 4), hasElse: false);
        return true;
    }

    /// <summary>Some steps a few times.</summary>
    public static bool BeginLoop(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        if (draft.Blocks.Count == OpenBlocks.MostOpen || state.Loops == MostLoops || BitOperations.PopCount(state.FreeForNumbers) < LeastFree) return false;
        InstructionDef condition = draft.Entropy.Of<InstructionDef>(draft.Rows.LoopConditions);
        int turns = draft.Entropy.Between(2, state.Loops == 0 ? 5 : 3);
        LoopForm form = LoopForm.Of(condition, turns, draft.Entropy.Between(1, 3));
        uint counters = state.FreeForNumbers;
        if (!draft.IsLeaf && state.MayCall && (counters & AbstractState.KeptOverCalls) != 0 && draft.Entropy.Below(2) == 0)
        {
            counters &= AbstractState.KeptOverCalls;
            state.Call();
        }

        int counter = draft.Entropy.BitOf(counters);
        draft.SetConstant(counter, form.Start);
        draft.Blocks.BeginLoop(draft.Entropy.Between(1, 5), form, counter);
        return true;
    }

    /// <summary>Whether there is something that a branch can be about; what is known of an argument may be more than it seems.</summary>
    private static bool CanCompare(ProgramDraft draft) => draft.Base >= 0 || draft.Entropy.Chance(5);

    /// <summary>A conditional jump, which leads nowhere yet.</summary>
    private static int Condition(ProgramDraft draft)
    {
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Conditions);
        int dst = Compared(draft, excepted: 0);
        if (!row.HasSourceRegister)
        {
            draft.State.Touch(dst);
            return draft.Emit(row, dst, immediate: draft.Immediate());
        }

        int src = Compared(draft, excepted: 1u << dst);
        draft.State.Touch(dst);
        draft.State.Touch(src);
        return draft.Emit(row, dst, src);
    }

    /// <summary>A number to compare: one that nothing contradicts, but for rare cases.</summary>
    private static int Compared(ProgramDraft draft, uint excepted)
    {
        AbstractState state = draft.State;
        if (draft.Base < 0 || draft.Entropy.Chance(1)) return draft.AnyScalar();
        uint fresh = state.Fresh & ~excepted;
        if (fresh != 0) return draft.Entropy.BitOf(fresh);
        uint writable = state.FreeForNumbers & ~excepted;
        if (writable == 0) return draft.AnyScalar();
        int register = draft.Entropy.BitOf(writable);
        draft.LoadFresh(register);
        return register;
    }
}
