using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>What a frame does last: what it has computed goes to where it is seen.</summary>
internal static class ResultSteps
{
    private const int MostShown = 3;

    /// <summary>Stores some numbers of registers and stack in memory.</summary>
    public static void Show(ProgramDraft draft)
    {
        if (draft.Base < 0) return;
        AbstractState state = draft.State;
        uint scalars = state.Scalars;
        for (int shown = draft.Entropy.Between(1, MostShown); shown > 0 && scalars != 0; shown--)
        {
            int register = draft.Entropy.BitOf(scalars);
            scalars &= ~(1u << register);
            StoreInMemory(draft, register);
        }

        if (state.Written == 0 || state.Writable == 0) return;
        int copy = draft.Target();
        uint words = state.Written;
        for (int shown = draft.Entropy.Between(1, MostShown); shown > 0 && words != 0; shown--)
        {
            int word = draft.Entropy.BitOf(words);
            words &= ~(1u << word);
            draft.Emit(draft.Rows.WordLoad, copy, (int)Register.R10, (word * sizeof(ulong)) - state.FrameBytes, kind: ValueKind.Stack);
            state.SetScalar(copy, Domains.ScalarRange.Unknown);
            StoreInMemory(draft, copy);
        }
    }

    private static void StoreInMemory(ProgramDraft draft, int register)
    {
        ref readonly AbstractValue memory = ref draft.State[draft.Base];
        int size = (int)draft.Rows.WordStore.Size;
        int position = draft.Entropy.Below(memory.Bytes / size) * size;
        draft.Emit(draft.Rows.WordStore, draft.Base, register, position - memory.Offset, kind: memory.Kind);
    }
}
