using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Puts into r1–r5 what a call of a helper takes. Registers of lower numbers may hold something already, and stay as they are.</summary>
internal static class CallArguments
{
    private const int WordBytes = sizeof(ulong);

    /// <summary>Whether a frame can lose r1–r5 where it is.</summary>
    public static bool CanCall(ProgramDraft draft) => !draft.IsLeaf && draft.State.MayCall && draft.Rows.MovePointer is not null;

    public static void LoadMap(ProgramDraft draft, int register, int map)
    {
        draft.Emit(draft.Entropy.Of<InstructionDef>(draft.Rows.MapAddresses), register, immediate: map, kind: ValueKind.Map);
        draft.EmitSecond(0);
        draft.State.Set(register, AbstractValue.Pointer(ValueKind.Map, id: map));
    }

    /// <summary>A key in memory, which often is one of those that are there.</summary>
    public static void SetKey(ProgramDraft draft, int register, MapDefinition map)
    {
        int offset = OffsetInBase(draft, map.KeyBytes);
        if (draft.Entropy.Below(4) != 0)
        {
            draft.Emit(map.KeyBytes == WordBytes ? draft.Rows.StoreDouble : draft.Rows.StoreWord, draft.Base, 0, offset, draft.Entropy.Below(4), draft.State[draft.Base].Kind);
        }

        SetInBase(draft, register, offset);
    }

    /// <summary>Bytes of memory or stack that hold numbers, or that the call is to write.</summary>
    public static void SetBytes(ProgramDraft draft, int register, int bytes, bool isWritten)
    {
        AbstractState state = draft.State;
        int words = (bytes + WordBytes - 1) / WordBytes;
        uint all = (uint)((1ul << state.Words) - 1);
        uint usable = isWritten ? all & ~(state.Loops > 0 ? state.Spilled : 0) : state.Written;
        for (int i = 1; i < words; i++) usable &= usable >> 1; // where a run of so many begins
        if (usable == 0 || draft.Entropy.Below(2) == 0)
        {
            SetInBase(draft, register, OffsetInBase(draft, bytes));
            return;
        }

        int word = draft.Entropy.BitOf(usable);
        draft.CopyPointer(register, (int)Register.R10);
        draft.Emit(draft.Rows.AddImmediate, register, immediate: (word * WordBytes) - state.FrameBytes, kind: ValueKind.Stack);
        state.Set(register, AbstractValue.Pointer(ValueKind.Stack, state.FrameBytes, word * WordBytes));
        if (!isWritten) return;
        for (int i = 0; i < words; i++)
        {
            bool isWhole = (i + 1) * WordBytes <= bytes;
            if (isWhole || (state.Written >> (word + i) & 1) != 0) state.Write(word + i);
            else state.Spoil(word + i);
        }
    }

    /// <summary>A number that means what the helper makes of it.</summary>
    public static void SetNumber(ProgramDraft draft, int register, string helper)
    {
        uint handed = (1u << register) - 2; // r1 up to the one before
        uint scalars = draft.State.Scalars & ~handed;
        int kind = draft.Entropy.Below(8);
        if (kind > 0 || scalars == 0 || helper is "xdp_adjust_tail" or "skb_change_tail")
        {
            draft.SetConstant(register, kind < 5 ? 0 : draft.Entropy.Between(-8, 40));
            return;
        }

        int src = draft.Entropy.BitOf(scalars);
        if (src == register) return;
        draft.State.Touch(src);
        ScalarRange range = draft.State[src].Range;
        draft.Emit(draft.Rows.MovePointer!, register, src); // CanCall
        draft.State.SetScalar(register, range);
    }

    public static void SetInBase(ProgramDraft draft, int register, int offset)
    {
        draft.CopyPointer(register, draft.Base);
        if (offset != 0) draft.Emit(draft.Rows.AddImmediate, register, immediate: offset, kind: draft.State[draft.Base].Kind);
        AbstractValue pointer = draft.State[draft.Base];
        pointer.Offset += offset;
        draft.State.Set(register, pointer);
    }

    private static int OffsetInBase(ProgramDraft draft, int bytes) =>
        draft.Entropy.Below((draft.State[draft.Base].LastOffset(bytes) / WordBytes) + 1) * WordBytes;
}
