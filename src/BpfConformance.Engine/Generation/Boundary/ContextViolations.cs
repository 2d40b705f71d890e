using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Boundary;

/// <summary>Contexts that are touched where, or as, nobody may.</summary>
internal static class ContextViolations
{
    public static bool OutsideOfContext(ProgramDraft draft) =>
        Load(draft, "ldx32", draft.Entropy.Of<int>([draft.Hook.ContextBytes, draft.Hook.ContextBytes - 2, -4, short.MaxValue - 3]));

    /// <summary>Of a field that leads somewhere, only a part.</summary>
    public static bool NarrowPointerField(ProgramDraft draft) => draft.Hook.Data >= 0 && Load(draft, draft.Entropy.Below(2) == 0 ? "ldx8" : "ldxs32", draft.Hook.Data);

    public static bool StoreToReadOnly(ProgramDraft draft)
    {
        if (draft.ContextRegister < 0) return false;
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Stores);
        draft.Emit(row, draft.ContextRegister, row.Operation == Operation.Store ? draft.AnyScalar() : 0, (int)row.Size * draft.Entropy.Below(8), kind: ValueKind.Context);
        return true;
    }

    public static bool Atomic(ProgramDraft draft)
    {
        if (draft.ContextRegister < 0 || draft.Rows.Atomics.Length == 0) return false;
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Atomics);
        bool isLoad = row.Operation == Operation.LoadAcquire;
        draft.Emit(row, isLoad ? draft.Target() : draft.ContextRegister, isLoad ? draft.ContextRegister : draft.ChangeableScalar(), 16, kind: ValueKind.Context);
        return true;
    }

    /// <summary>An address of a context that is not that of its start.</summary>
    public static bool Moved(ProgramDraft draft)
    {
        if (draft.ContextRegister < 0 || !RegisterViolations.TryCopy(draft, out int pointer, draft.ContextRegister)) return false;
        draft.Emit(draft.Rows.AddImmediate, pointer, immediate: draft.Entropy.Of<int>([8, -8, 1]), kind: ValueKind.Context);
        if (draft.Entropy.Below(2) == 0 && draft.Hook.Type == ProgramType.Xdp)
        {
            draft.Emit(draft.Rows.MovePointer!, (int)Register.R1, pointer, kind: ValueKind.Context); // it was copied before
            draft.Emit(draft.Rows.CallHelper, 0, immediate: 188); // bpf_xdp_get_buff_len
            return true;
        }

        return RegisterViolations.Use(draft, pointer);
    }

    public static bool Misaligned(ProgramDraft draft) => Load(draft, "ldx32", draft.Entropy.Between(1, 3));

    private static bool Load(ProgramDraft draft, string row, int offset)
    {
        if (draft.ContextRegister < 0) return false;
        draft.Emit(InstructionTable.Named(row), draft.Target(), draft.ContextRegister, offset, kind: ValueKind.Context);
        return true;
    }
}
