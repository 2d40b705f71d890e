using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Boundary;

/// <summary>Bytes that are not there, or not so.</summary>
internal static class MemoryViolations
{
    private const int WordBytes = sizeof(ulong);

    public static bool BehindEnd(ProgramDraft draft) => TryRegion(draft, out int register) && TouchAnyhow(draft, register, draft.State[register].LastOffset(0) + draft.Entropy.Below(2) * 8);

    public static bool BeforeStart(ProgramDraft draft) => TryRegion(draft, out int register) && TouchAnyhow(draft, register, -draft.State[register].Offset - draft.Entropy.Between(1, 9));

    /// <summary>All but the last byte is there.</summary>
    public static bool OneTooWide(ProgramDraft draft) => TryRegion(draft, out int register) && Touch(draft, register, draft.State[register].LastOffset(WordBytes) + 1);

    public static bool ThroughNumber(ProgramDraft draft) => TouchAnyhow(draft, draft.AnyScalar(), 0);

    /// <summary>The last of all addresses: with the size of the access, and before that often with its displacement, they begin again at 0.</summary>
    public static bool AroundAddresses(ProgramDraft draft)
    {
        uint free = draft.State.FreeForNumbers;
        if (free == 0) return false;
        int number = draft.Entropy.BitOf(free);
        InstructionDef row = AnyAccess(draft);
        int offset = draft.Entropy.Of<int>([0, 1, -1, short.MaxValue, short.MinValue]);
        draft.SetConstant(number, -draft.Entropy.Between(1, (int)row.Size) - offset);
        return Touch(draft, row, number, offset);
    }

    public static bool ThroughMap(ProgramDraft draft)
    {
        int map = draft.Maps.IndexOf(MapCatalog.Hash);
        if (map < 0 || draft.State.FreeForPointers == 0) return false;
        int register = draft.Entropy.BitOf(draft.State.FreeForPointers);
        CallArguments.LoadMap(draft, register, map);
        return Touch(draft, register, draft.Entropy.Below(2) * 0x100);
    }

    /// <summary>A number is bounded, but not enough.</summary>
    public static bool OffByOneMask(ProgramDraft draft)
    {
        if (draft.Base < 0 || !RegisterViolations.TryCopy(draft, out int pointer, draft.Base)) return false;
        uint free = draft.State.FreeForNumbers & ~(1u << pointer);
        if (free == 0) return false;
        int number = draft.Entropy.BitOf(free);
        draft.LoadFresh(number);
        int bytes = draft.State[draft.Base].Bytes;
        draft.Emit(draft.Rows.AndImmediate, number, immediate: draft.Entropy.Below(2) == 0 ? (2 * bytes) - 1 : bytes - 1);
        draft.Emit(InstructionTable.Named("add64-reg"), pointer, number, kind: draft.State[pointer].Kind);
        draft.Emit(draft.Rows.WordLoad, draft.Target(), pointer, draft.Entropy.Below(2) == 0 ? 0 : -1, kind: draft.State[pointer].Kind);
        return true;
    }

    public static bool UnwrittenStack(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        uint unwritten = (uint)((1ul << state.Words) - 1) & ~(state.Written | state.Spilled);
        if (unwritten == 0) return false;
        int word = draft.Entropy.BitOf(unwritten);
        draft.Emit(draft.Entropy.Of<InstructionDef>(draft.Rows.Loads), draft.Target(), (int)Register.R10, (word * WordBytes) - state.FrameBytes, kind: ValueKind.Stack);
        return true;
    }

    public static bool OutsideOfStack(ProgramDraft draft) => Touch(draft, (int)Register.R10, draft.Entropy.Of<int>([0, 8, -520, -512 - 8, -4, 512, short.MinValue]));

    public static bool MisalignedStack(ProgramDraft draft)
    {
        draft.Emit(draft.Rows.WordStore, (int)Register.R10, draft.AnyScalar(), -draft.Entropy.Between(9, 15), kind: ValueKind.Stack);
        return true;
    }

    public static bool MisalignedAtomic(ProgramDraft draft)
    {
        if (draft.Rows.Atomics.Length == 0 || draft.Base < 0) return false;
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Atomics);
        if (row.Size == MemorySize.Byte) return false;
        bool isLoad = row.Operation == Operation.LoadAcquire;
        draft.Emit(row, isLoad ? draft.Target() : draft.Base, isLoad ? draft.Base : draft.ChangeableScalar(), 1, kind: draft.State[draft.Base].Kind);
        return true;
    }

    /// <summary>Half of an address goes to the stack over the whole, which then is read.</summary>
    public static bool PartOfSpilled(ProgramDraft draft)
    {
        if (draft.Base < 0 || draft.State.Words == 0) return false;
        int offset = -draft.State.FrameBytes;
        draft.Emit(draft.Rows.WordStore, (int)Register.R10, draft.Base, offset, kind: ValueKind.Stack);
        int target = draft.Target();
        if (draft.Entropy.Below(2) == 0)
        {
            draft.Emit(draft.Rows.StoreWord, (int)Register.R10, 0, offset, 7, ValueKind.Stack);
            draft.Emit(draft.Rows.WordLoad, target, (int)Register.R10, offset, kind: ValueKind.Stack);
        }
        else
        {
            draft.Emit(InstructionTable.Named("ldx32"), target, (int)Register.R10, offset, kind: ValueKind.Stack);
        }

        return RegisterViolations.Use(draft, target);
    }

    /// <summary>Of the stack at a place that only the run knows.</summary>
    public static bool VariableStack(ProgramDraft draft)
    {
        if (draft.Base < 0 || !RegisterViolations.TryCopy(draft, out int pointer, (int)Register.R10)) return false;
        uint free = draft.State.FreeForNumbers & ~(1u << pointer);
        if (free == 0) return false;
        int number = draft.Entropy.BitOf(free);
        draft.LoadFresh(number);
        if (draft.Entropy.Below(3) > 0) draft.Emit(draft.Rows.AndImmediate, number, immediate: 0x78);
        draft.Emit(InstructionTable.Named("add64-reg"), pointer, number, kind: ValueKind.Stack);
        int offset = draft.Entropy.Of<int>([-64, -128, -256, -8, 0]);
        if (draft.Entropy.Below(2) == 0) draft.Emit(draft.Rows.StoreDouble, pointer, 0, offset, 1, ValueKind.Stack);
        else draft.Emit(draft.Rows.WordLoad, draft.Target(), pointer, offset, kind: ValueKind.Stack);
        return true;
    }

    public static bool ReadOnlyMap(ProgramDraft draft)
    {
        int map = draft.Maps.IndexOf(MapCatalog.Texts);
        if (map < 0 || draft.State.FreeForPointers == 0) return false;
        int register = draft.Entropy.BitOf(draft.State.FreeForPointers);
        MapSteps.LoadDirect(draft, register, map);
        draft.Emit(draft.Rows.StoreDouble, register, 0, 0, 1, ValueKind.DirectMapValue);
        return true;
    }

    /// <summary>The address itself says too much, or is of a map without one.</summary>
    public static bool BehindDirectValue(ProgramDraft draft)
    {
        int map = draft.Maps.IndexOf(draft.Entropy.Below(2) == 0 ? MapCatalog.Globals : MapCatalog.Keyed[1]);
        if (map < 0) return false;
        draft.Emit(draft.Entropy.Of<InstructionDef>(draft.Rows.MapValues), draft.Target(), immediate: map, kind: ValueKind.Map);
        draft.EmitSecond(draft.Maps[map].ValueBytes);
        return true;
    }

    public static bool PacketBehindCheck(ProgramDraft draft)
    {
        if (!PacketSteps.BeginChecked(draft)) return false;
        int register = LastPacket(draft);
        return Touch(draft, register, draft.State[register].Bytes - draft.Entropy.Below(8));
    }

    public static bool PacketUnchecked(ProgramDraft draft)
    {
        if (draft.ContextRegister < 0 || draft.Hook.Data < 0) return false;
        int register = draft.Target();
        draft.Emit(InstructionTable.Named("ldx32"), register, draft.ContextRegister, draft.Hook.Data, kind: ValueKind.Context);
        draft.State.Set(register, AbstractValue.Pointer(ValueKind.Packet));
        return Touch(draft, register, draft.Entropy.Of<int>([0, 14, -1]));
    }

    /// <summary>The end of the packet is no place.</summary>
    public static bool StoreThroughEnd(ProgramDraft draft)
    {
        if (draft.ContextRegister < 0 || draft.Hook.DataEnd < 0) return false;
        int register = draft.Target();
        draft.Emit(InstructionTable.Named("ldx32"), register, draft.ContextRegister, draft.Hook.DataEnd, kind: ValueKind.Context);
        if (draft.Entropy.Below(2) == 0) draft.Emit(draft.Rows.AddImmediate, register, immediate: 1, kind: ValueKind.PacketEnd);
        draft.State.Set(register, AbstractValue.Pointer(ValueKind.PacketEnd));
        return Touch(draft, register, 0);
    }

    /// <summary>A load or a store of a word.</summary>
    private static bool Touch(ProgramDraft draft, int register, int offset) => Touch(draft, draft.Entropy.Below(2) == 0 ? draft.Rows.StoreDouble : draft.Rows.WordLoad, register, offset);

    /// <summary>One of any size.</summary>
    private static bool TouchAnyhow(ProgramDraft draft, int register, int offset) => Touch(draft, AnyAccess(draft), register, offset);

    private static InstructionDef AnyAccess(ProgramDraft draft) => draft.Entropy.Of<InstructionDef>(draft.Entropy.Below(2) == 0 ? draft.Rows.Stores : draft.Rows.Loads);

    private static bool Touch(ProgramDraft draft, InstructionDef row, int register, int offset)
    {
        ValueKind kind = draft.State[register].Kind;
        switch (row.Operation)
        {
            case Operation.StoreImmediate:
                draft.Emit(row, register, 0, offset, 1, kind);
                break;
            case Operation.Store:
                draft.Emit(row, register, draft.AnyScalar(), offset, kind: kind);
                break;
            default:
                draft.Emit(row, draft.Target(), register, offset, kind: kind);
                break;
        }

        return true;
    }

    private static bool TryRegion(ProgramDraft draft, out int register)
    {
        register = draft.State.Regions == 0 ? -1 : draft.Entropy.BitOf(draft.State.Regions);
        return register >= 0;
    }

    private static int LastPacket(ProgramDraft draft)
    {
        int register = (int)Register.R9;
        while (draft.State[register] is not { Kind: ValueKind.Packet, Bytes: > 0 }) register--;
        return register;
    }
}
