namespace BpfConformance.Engine.Generation.Valid;

/// <summary>What is done with bytes.</summary>
internal enum Access
{
    Read,
    Write,
    Atomic,
}

/// <summary>Bytes that may be touched.</summary>
/// <param name="Register">That leads to them.</param>
/// <param name="Offset">From there.</param>
/// <param name="Kind">What they are of.</param>
/// <param name="Word">Of the frame's own stack: which; negative: they are not of it.</param>
internal readonly record struct Place(int Register, int Offset, ValueKind Kind, int Word)
{
    private const int WordBytes = sizeof(ulong);

    public bool IsStack => Kind is ValueKind.Stack or ValueKind.CallerStack;

    /// <summary>Chooses a register and a distance.</summary>
    public static bool TryFind(ProgramDraft draft, int size, Access access, out Place place)
    {
        uint candidates = draft.State.Regions;
        place = default;
        if (candidates == 0) return false;
        if (TryAt(draft, draft.Entropy.BitOf(candidates), size, access, out place)) return true;
        return draft.Base >= 0 && TryAt(draft, draft.Base, size, access, out place);
    }

    private static bool TryAt(ProgramDraft draft, int register, int size, Access access, out Place place)
    {
        ref readonly AbstractValue value = ref draft.State[register];
        place = default;
        if (value.Kind == ValueKind.Stack) return TryOnStack(draft, register, size, access, out place);
        if (access == Access.Atomic && (value.Slack > 0 || !ValueKinds.TakesAtomics(value.Kind))) return false;

        int room = value.Bytes - value.Slack - size;
        if (room < 0) return false;
        int position = draft.Entropy.Below(room + 1);
        bool mustAlign = access == Access.Atomic || value.Kind == ValueKind.CallerStack;
        if (mustAlign || draft.Entropy.Below(4) != 0) position -= position % size;
        place = new Place(register, position - value.Offset, value.Kind, -1);
        return true;
    }

    /// <summary>Accesses to the stack are aligned, and what is read was written; a word becomes so as a whole (kernel/bpf/verifier.c, 6.18, check_stack_read).</summary>
    private static bool TryOnStack(ProgramDraft draft, int register, int size, Access access, out Place place)
    {
        AbstractState state = draft.State;
        uint words = state.Written;
        if (access == Access.Write && size == WordBytes)
        {
            uint all = (uint)((1ul << state.Words) - 1);
            words = state.Loops > 0 ? all & ~state.Spilled : all;
        }

        place = default;
        if (words == 0) return false;
        int word = draft.Entropy.BitOf(words);
        int position = (word * WordBytes) + (draft.Entropy.Below(WordBytes / size) * size);
        place = new Place(register, position - state[register].Offset, ValueKind.Stack, word);
        return true;
    }
}
