using BpfConformance.Abi.Instructions;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Fields of the context.</summary>
internal static class ContextSteps
{
    public static bool Load(ProgramDraft draft)
    {
        if (draft.ContextRegister < 0 || draft.Hook.Loads.Length == 0) return false;
        LoadInto(draft, draft.Target());
        return true;
    }

    public static bool Store(ProgramDraft draft)
    {
        if (draft.ContextRegister < 0 || draft.Hook.Stores.Length == 0) return false;
        FieldPlace place = draft.Entropy.Of<FieldPlace>(draft.Hook.Stores);
        bool hasImmediate = place.Row.Operation == Operation.StoreImmediate;
        int src = hasImmediate ? 0 : draft.AnyScalar();
        draft.Emit(place.Row, draft.ContextRegister, src, place.Offset, hasImmediate ? draft.Immediate() : 0, ValueKind.Context);
        return true;
    }

    /// <summary>Any of the numbers.</summary>
    public static void LoadInto(ProgramDraft draft, int dst)
    {
        FieldPlace place = draft.Entropy.Of<FieldPlace>(draft.Hook.Loads);
        draft.Emit(place.Row, dst, draft.ContextRegister, place.Offset, kind: ValueKind.Context);
        ScalarRange range = place.Row.Size == MemorySize.Double ? ScalarRange.Unknown : ScalarRange.Between(0, ulong.MaxValue >> (64 - (8 * (int)place.Row.Size)));
        draft.State.SetScalar(dst, range); // of some fields a verifier knows more than their width
    }
}
