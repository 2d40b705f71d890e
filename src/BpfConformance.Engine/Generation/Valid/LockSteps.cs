using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Values that are changed while they are locked.</summary>
internal static class LockSteps
{
    private const int WordBytes = sizeof(ulong);
    private static readonly int s_lookup = HelperTable.NumberOf("map_lookup_elem")!.Value; // the table has them
    private static readonly int s_lock = HelperTable.NumberOf("spin_lock")!.Value;
    private static readonly int s_unlock = HelperTable.NumberOf("spin_unlock")!.Value;

    public static bool Change(ProgramDraft draft)
    {
        AbstractState state = draft.State;
        uint keeps = state.FreeForPointers & AbstractState.KeptOverCalls;
        bool canLock = draft.Limits.Common.HasValueFields && draft.Limits.HasHelper(s_lock) && draft.Rows.MapAddresses.Length > 0;
        if (!canLock || !CallArguments.CanCall(draft) || draft.Base < 0 || keeps == 0 || !draft.Hook.HasLocks) return false;
        int map = draft.Maps.IndexOf(MapCatalog.Locked);
        if (map < 0) return false;

        int value = draft.Entropy.BitOf(keeps);
        CallArguments.SetKey(draft, (int)Register.R2, MapCatalog.Locked);
        CallArguments.LoadMap(draft, (int)Register.R1, map);
        draft.EmitHelper(s_lookup, ValueKind.Map);
        int jump = draft.Emit(draft.Rows.IfZero, (int)Register.R0, kind: ValueKind.MapValueOrNull);
        draft.Emit(draft.Rows.MovePointer!, value, (int)Register.R0, kind: ValueKind.MapValue); // CanCall
        draft.Emit(draft.Rows.MovePointer!, (int)Register.R1, value, kind: ValueKind.MapValue);
        draft.EmitHelper(s_lock, ValueKind.MapValue);
        for (int turns = draft.Entropy.Between(1, 3); turns > 0; turns--)
        {
            int offset = draft.Entropy.Between(1, (MapCatalog.Locked.ValueBytes / WordBytes) - 1) * WordBytes;
            if (draft.Entropy.Below(2) == 0) draft.Emit(draft.Rows.StoreDouble, value, 0, offset, draft.Immediate(), ValueKind.MapValue);
            else draft.Emit(draft.Rows.WordLoad, (int)Register.R0, value, offset, kind: ValueKind.MapValue);
        }

        draft.Emit(draft.Rows.MovePointer!, (int)Register.R1, value, kind: ValueKind.MapValue);
        draft.EmitHelper(s_unlock, ValueKind.MapValue);
        draft.LeadHere(jump);
        state.Call();
        state.Set((int)Register.R0, default);
        state.Set(value, default);
        return true;
    }
}
