using System.Numerics;

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

    /// <summary>What the shortest displacement of any machine, of 8 bits and signed, cannot say.</summary>
    private const int FirstFar = 128;

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

    /// <summary>A distance from the start of a region at which so many bytes may be touched, of which it has as many.</summary>
    public static int PositionIn(ProgramDraft draft, in AbstractValue region, int size, bool mustAlign)
    {
        int room = region.Bytes - region.Slack - size;
        bool isFar = room >= FirstFar - WordBytes && draft.Entropy.Chance(12);
        int position = isFar ? Math.Clamp(region.Offset + FarDistance(draft, region.Offset, room), 0, room) : draft.Entropy.Below(room + 1);
        return mustAlign || (!isFar && draft.Entropy.Below(4) != 0) ? position - (position % size) : position;
    }

    /// <summary>Around a power of two, where displacements of some width end: forward, where there is room.</summary>
    private static int FarDistance(ProgramDraft draft, int offset, int room)
    {
        int edge = FirstFar << draft.Entropy.Below(BitOperations.Log2((uint)(room + WordBytes) / FirstFar) + 1);
        int around = draft.Entropy.Between(-WordBytes, WordBytes - 1);
        return offset + edge <= room + WordBytes ? edge + around : around - edge;
    }

    private static bool TryAt(ProgramDraft draft, int register, int size, Access access, out Place place)
    {
        ref readonly AbstractValue value = ref draft.State[register];
        place = default;
        if (value.Kind == ValueKind.Stack) return TryOnStack(draft, register, size, access, out place);
        if (access == Access.Atomic && (value.Slack > 0 || !ValueKinds.TakesAtomics(value.Kind))) return false;

        if (access == Access.Write && value.Kind == ValueKind.Packet && !draft.Hook.CanWritePacket) return false;

        if (value.Bytes - value.Slack < size) return false;
        bool mustAlign = access == Access.Atomic || value.Kind == ValueKind.CallerStack;
        place = new Place(register, PositionIn(draft, value, size, mustAlign) - value.Offset, value.Kind, -1);
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
