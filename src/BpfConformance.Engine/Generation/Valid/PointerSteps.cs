using BpfConformance.Abi.Instructions;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Pointers that are copied, moved and put aside.</summary>
internal static class PointerSteps
{
    private const int WordBytes = sizeof(ulong);

    /// <summary>Another register leads to the same bytes, or to others of them.</summary>
    public static bool Copy(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        if (draft.Rows.MovePointer is null || state.Regions == 0 || state.FreeForPointers == 0) return false;
        int src = draft.Entropy.BitOf(state.Regions);
        int dst = draft.Entropy.BitOf(state.FreeForPointers);
        if (dst != src) draft.CopyPointer(dst, src);
        MoveByConstant(draft, dst);
        return true;
    }

    /// <summary>A number of which enough is known is added to a pointer.</summary>
    public static bool AddScalar(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        uint regions = state.Regions & ~(1u << (int)Register.R10);
        if (draft.Rows is not { MovePointer: not null, AddPointer: { } add } || regions == 0 || state.FreeForPointers == 0) return false;
        int src = draft.Entropy.BitOf(regions);
        AbstractValue pointer = state[src];
        int room = pointer.LastOffset(WordBytes);
        if (pointer.Kind is ValueKind.Stack or ValueKind.CallerStack or ValueKind.Packet || room < 1) return false; // in packets the check would be of no more use

        int index = BoundedScalar(draft, room);
        uint free = state.FreeForPointers & ~(1u << index);
        if (free == 0) return true; // the number was bounded
        int dst = draft.Entropy.BitOf(free);
        if (dst != src) draft.CopyPointer(dst, src);
        pointer.Slack += (int)state[index].Range.Max;
        draft.Emit(add, dst, index, kind: pointer.Kind);
        state.Touch(index);
        state.Set(dst, pointer);
        return true;
    }

    /// <summary>A pointer goes to the stack.</summary>
    public static bool Spill(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        uint pointers = state.Regions;
        if (state.Loops > 0 || state.Words == 0 || pointers == 0 || draft.Rows.WordStore.Size != MemorySize.Double) return false;
        int src = draft.Entropy.BitOf(pointers);
        int word = draft.Entropy.Below(state.Words);
        draft.Emit(draft.Rows.WordStore, (int)Register.R10, src, (word * WordBytes) - state.FrameBytes, kind: ValueKind.Stack);
        state.Spill(word, state[src]);
        return true;
    }

    /// <summary>A pointer comes back from the stack.</summary>
    public static bool Fill(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        if (state.Spilled == 0 || state.FreeForPointers == 0) return false;
        int word = draft.Entropy.BitOf(state.Spilled);
        int dst = draft.Entropy.BitOf(state.FreeForPointers);
        draft.Emit(draft.Rows.WordLoad, dst, (int)Register.R10, (word * WordBytes) - state.FrameBytes, kind: ValueKind.Stack);
        state.Set(dst, state.SpilledAt(word));
        return true;
    }

    private static void MoveByConstant(ProgramDraft draft, int register)
    {
        AbstractValue pointer = draft.State[register];
        int position = draft.Entropy.Below(Math.Max(pointer.Bytes - pointer.Slack, 1));
        bool isStack = pointer.Kind is ValueKind.Stack or ValueKind.CallerStack;
        if (isStack) position -= position % WordBytes;
        int distance = position - pointer.Offset;

        // Nothing is subtracted from addresses of the stack (kernel/bpf/verifier.c, 6.18, adjust_ptr_min_max_vals).
        if (isStack || draft.Entropy.Below(2) == 0) draft.Emit(draft.Rows.AddImmediate, register, immediate: distance, kind: pointer.Kind);
        else draft.Emit(draft.Rows.SubtractImmediate, register, immediate: -distance, kind: pointer.Kind);
        pointer.Offset = position;
        draft.State.Set(register, pointer);
    }

    /// <summary>A number that is not above a limit, made so if there is none.</summary>
    private static int BoundedScalar(ProgramDraft draft, int limit)
    {
        AbstractState state = draft.State;
        int index = draft.AnyScalar();
        if (state[index].Range.Max <= (ulong)limit) return index;
        index = draft.ChangeableScalar();
        int mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)limit + 1) - 1;
        if (mask > limit) mask >>= 1;
        mask = draft.Entropy.Below(3) == 0 ? mask & draft.Immediate() : mask;
        ScalarRange range = state[index].Range.And(ScalarRange.Constant((ulong)mask));
        draft.Emit(draft.Rows.AndImmediate, index, immediate: mask);
        state.SetScalar(index, range);
        return index;
    }
}
