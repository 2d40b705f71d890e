using BpfConformance.Abi.Instructions;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Loads, stores and atomics, wherever there are bytes.</summary>
internal static class MemorySteps
{
    private const int Compared = (int)Register.R0; // by cmpxchg

    /// <summary>Any load.</summary>
    public static bool Load(ProgramDraft draft)
    {
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Loads);
        if (!Place.TryFind(draft, (int)row.Size, Access.Read, out Place place)) return false;
        int dst = draft.Target();
        draft.Emit(row, dst, place.Register, place.Offset, kind: place.Kind);
        draft.State.SetScalar(dst, Loaded(row.Operation == Operation.LoadSigned ? MemorySize.Double : row.Size), !place.IsStack);
        return true;
    }

    /// <summary>Any store of a number.</summary>
    public static bool Store(ProgramDraft draft)
    {
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Stores);
        if (!Place.TryFind(draft, (int)row.Size, Access.Write, out Place place)) return false;
        if (row.Operation == Operation.StoreImmediate)
        {
            draft.Emit(row, place.Register, 0, place.Offset, draft.Immediate(), place.Kind);
        }
        else
        {
            int src = draft.AnyScalar();
            draft.Emit(row, place.Register, src, place.Offset, kind: place.Kind);
            if (place.IsStack) draft.State.Touch(src);
        }

        if (place.IsStack && row.Size == MemorySize.Double && place.Word >= 0) draft.State.Write(place.Word);
        return true;
    }

    /// <summary>Any atomic, and loads and stores in an order.</summary>
    public static bool Atomic(ProgramDraft draft)
    {
        if (draft.Rows.Atomics.Length == 0) return false;
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Atomics);
        if (row.Operation == Operation.AtomicCmpxchg && !HasCompared(draft)) return false;
        if (!Place.TryFind(draft, (int)row.Size, Access.Atomic, out Place place)) return false;
        if (row.Operation == Operation.LoadAcquire)
        {
            int dst = draft.Target();
            draft.Emit(row, dst, place.Register, place.Offset, kind: place.Kind);
            draft.State.SetScalar(dst, Loaded(row.Size), !place.IsStack);
            return true;
        }

        bool isFetched = row.IsFetch && row.Operation != Operation.AtomicCmpxchg;
        int src = isFetched ? draft.ChangeableScalar() : draft.AnyScalar();
        draft.Emit(row, place.Register, src, place.Offset, kind: place.Kind);
        if (isFetched) draft.State.SetScalar(src, Loaded(row.Size), !place.IsStack);
        else if (place.IsStack) draft.State.Touch(src);
        if (row.Operation == Operation.AtomicCmpxchg) draft.State.SetScalar(Compared, Loaded(row.Size), !place.IsStack);
        return true;
    }

    private static ScalarRange Loaded(MemorySize size) =>
        size == MemorySize.Double ? ScalarRange.Unknown : ScalarRange.Between(0, ulong.MaxValue >> (64 - (8 * (int)size)));

    private static bool HasCompared(ProgramDraft draft)
    {
        if ((draft.State.Writable & 1u << Compared) == 0) return false;
        if (draft.State[Compared].Kind != ValueKind.Scalar) draft.SetConstant(Compared, draft.Immediate());
        return true;
    }
}
