using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Pointers into the packet, and the loads that classic BPF left behind.</summary>
internal static class PacketSteps
{
    private static readonly InstructionDef s_field = InstructionTable.Named("ldx32");

    // With the end on the left, and on the right; the first two leave where bytes are missing, the others where they are there.
    private static readonly (InstructionDef Row, bool EndFirst)[] s_checks =
    [
        (InstructionTable.Named("jgt64-reg"), false),
        (InstructionTable.Named("jlt64-reg"), true),
    ];

    /// <summary>A pointer to so many bytes of the packet as are checked to be there; what needs them is skipped where they are not.</summary>
    public static bool BeginChecked(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        if (draft.ContextRegister < 0 || !draft.Hook.HasPacketPointers || draft.Blocks.Count == OpenBlocks.MostOpen || BitOperations.PopCount(state.FreeForPointers) < 4) return false;
        (int jump, int start, int bytes) = Check(draft);
        draft.Blocks.BeginBranch(jump, draft.Entropy.Between(2, 5), hasElse: false);
        state.Set(start, AbstractValue.Pointer(ValueKind.Packet, bytes));
        return true;
    }

    /// <summary>The same, but the program ends where they are not.</summary>
    /// <returns>The register that leads to them.</returns>
    public static int Require(ProgramDraft draft)
    {
        (int jump, int start, int bytes) = Check(draft);
        int over = draft.EmitJump();
        draft.LeadHere(jump);
        draft.Return();
        draft.LeadHere(over);
        draft.State.Set(start, AbstractValue.Pointer(ValueKind.Packet, bytes));
        return start;
    }

    /// <summary>A load from the packet that ends the program where there is none.</summary>
    public static bool Legacy(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        if (!draft.Hook.HasLegacyLoads || draft.ContextRegister != (int)Register.R6 || draft.IsLeaf || !state.MayCall || draft.Rows.Legacy.Length == 0) return false;
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Legacy);
        int index = row.Operation == Operation.LegacyIndirect ? draft.AnyScalar() : 0;
        if (index > 0) state.Touch(index);
        draft.Emit(row, 0, index, 0, draft.Entropy.Below(HookInputs.PacketBytes), ValueKind.Context);
        state.Call();
        state.SetScalar((int)Register.R0, ScalarRange.Unknown);
        return true;
    }

    private static (int Jump, int Start, int Bytes) Check(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        uint free = state.FreeForPointers;
        int start = draft.Entropy.BitOf(free);
        int end = draft.Entropy.BitOf(free &= ~(1u << start));
        int limit = draft.Entropy.BitOf(free & ~(1u << end));
        int bytes = draft.Entropy.Below(8) == 0 ? draft.Entropy.Between(1, 2 * HookInputs.PacketBytes) : 8 * draft.Entropy.Between(1, 8);
        draft.Emit(s_field, start, draft.ContextRegister, draft.Hook.Data, kind: ValueKind.Context);
        draft.Emit(s_field, end, draft.ContextRegister, draft.Hook.DataEnd, kind: ValueKind.Context);
        state.Set(start, AbstractValue.Pointer(ValueKind.Packet));
        state.Set(end, AbstractValue.Pointer(ValueKind.PacketEnd));
        draft.CopyPointer(limit, start);
        draft.Emit(draft.Rows.AddImmediate, limit, immediate: bytes, kind: ValueKind.Packet);
        state.Set(limit, default);
        (InstructionDef row, bool endFirst) = draft.Entropy.Of<(InstructionDef, bool)>(s_checks);
        int jump = endFirst ? draft.Emit(row, end, limit, kind: ValueKind.PacketEnd) : draft.Emit(row, limit, end, kind: ValueKind.Packet);
        return (jump, start, bytes);
    }
}
