using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Boundary;

/// <summary>Records and locks that are not given back as they have to be.</summary>
internal static class ReferenceViolations
{
    private static readonly int s_reserve = HelperTable.NumberOf("ringbuf_reserve")!.Value; // the table has them
    private static readonly int s_submit = HelperTable.NumberOf("ringbuf_submit")!.Value;
    private static readonly int s_lock = HelperTable.NumberOf("spin_lock")!.Value;
    private static readonly int s_unlock = HelperTable.NumberOf("spin_unlock")!.Value;

    public static bool Leak(ProgramDraft draft) => Reserve(draft);

    public static bool ReleaseTwice(ProgramDraft draft)
    {
        if (!Reserve(draft)) return false;
        draft.Emit(draft.Rows.MovePointer!, (int)Register.R6, 0, kind: ValueKind.Record); // it was reserved: there is one
        Submit(draft, (int)Register.R6);
        Submit(draft, (int)Register.R6);
        return true;
    }

    /// <summary>What was not reserved, or an address within what was.</summary>
    public static bool ReleaseOther(ProgramDraft draft)
    {
        if (draft.Entropy.Below(2) == 0)
        {
            if (!CallArguments.CanCall(draft) || draft.Base < 0) return false;
            Submit(draft, draft.Base);
            return true;
        }

        if (!Reserve(draft)) return false;
        draft.Emit(draft.Rows.AddImmediate, 0, immediate: 8, kind: ValueKind.Record);
        Submit(draft, 0);
        return true;
    }

    public static bool VariableReservation(ProgramDraft draft)
    {
        int map = draft.Maps.IndexOf(MapCatalog.Ring);
        if (map < 0 || !CallArguments.CanCall(draft) || draft.Base < 0) return false;
        CallArguments.LoadMap(draft, (int)Register.R1, map);
        draft.LoadFresh((int)Register.R2);
        draft.Emit(draft.Rows.AndImmediate, (int)Register.R2, immediate: 15);
        draft.SetConstant((int)Register.R3, 0);
        draft.EmitHelper(s_reserve, ValueKind.Map);
        return true;
    }

    public static bool BehindRecord(ProgramDraft draft)
    {
        if (!Reserve(draft)) return false;
        draft.Emit(draft.Rows.StoreDouble, 0, 0, draft.Entropy.Of<int>([16, 9, -1]), 1, ValueKind.Record);
        Submit(draft, 0);
        return true;
    }

    public static bool LockTwice(ProgramDraft draft) => Value(draft) && Lock(draft, s_lock) && Lock(draft, s_lock);

    public static bool UnlockOnly(ProgramDraft draft) => Value(draft) && Lock(draft, s_unlock);

    public static bool CallLocked(ProgramDraft draft)
    {
        if (!Value(draft) || !Lock(draft, s_lock)) return false;
        draft.EmitHelper(5, ValueKind.Scalar); // bpf_ktime_get_ns
        return Lock(draft, s_unlock);
    }

    public static bool ExitLocked(ProgramDraft draft) => Value(draft) && Lock(draft, s_lock);

    /// <summary>The lock is read or written as if it was a number, or taken where it is not.</summary>
    public static bool TouchLock(ProgramDraft draft)
    {
        if (!Value(draft)) return false;
        if (draft.Entropy.Below(3) == 0)
        {
            draft.Emit(draft.Rows.AddImmediate, (int)Register.R6, immediate: 4, kind: ValueKind.MapValue);
            return Lock(draft, s_lock);
        }

        draft.Emit(draft.Rows.StoreWord, (int)Register.R6, 0, 0, 1, ValueKind.MapValue);
        return true;
    }

    /// <summary>A record in r0, which is not null.</summary>
    private static bool Reserve(ProgramDraft draft)
    {
        int map = draft.Maps.IndexOf(MapCatalog.Ring);
        if (map < 0 || !CallArguments.CanCall(draft)) return false;
        CallArguments.LoadMap(draft, (int)Register.R1, map);
        draft.SetConstant((int)Register.R2, 16);
        draft.SetConstant((int)Register.R3, 0);
        draft.EmitHelper(s_reserve, ValueKind.Map);
        LeaveIfZero(draft);
        return true;
    }

    private static void Submit(ProgramDraft draft, int record)
    {
        draft.Emit(draft.Rows.MovePointer!, (int)Register.R1, record, kind: ValueKind.Record); // callers can call
        draft.Emit(draft.Rows.MoveImmediate, (int)Register.R2, immediate: 0);
        draft.EmitHelper(s_submit, ValueKind.Record);
    }

    /// <summary>A value with a lock in r6.</summary>
    private static bool Value(ProgramDraft draft)
    {
        int map = draft.Maps.IndexOf(MapCatalog.Locked);
        if (map < 0 || !draft.Limits.Common.HasValueFields || !CallArguments.CanCall(draft) || draft.Base is < 0 or (int)Register.R6) return false;
        CallArguments.SetKey(draft, (int)Register.R2, MapCatalog.Locked);
        CallArguments.LoadMap(draft, (int)Register.R1, map);
        draft.EmitHelper(1, ValueKind.Map);
        LeaveIfZero(draft);
        draft.Emit(draft.Rows.MovePointer!, (int)Register.R6, 0, kind: ValueKind.MapValue); // CanCall
        return true;
    }

    private static bool Lock(ProgramDraft draft, int helper)
    {
        draft.Emit(draft.Rows.MovePointer!, (int)Register.R1, (int)Register.R6, kind: ValueKind.MapValue); // Value has been there
        draft.EmitHelper(helper, ValueKind.MapValue);
        return true;
    }

    private static void LeaveIfZero(ProgramDraft draft)
    {
        draft.Emit(InstructionTable.Named("jne64-imm"), 0, offset: 2, kind: ValueKind.MapValueOrNull);
        draft.Emit(draft.Rows.MoveImmediate, 0, immediate: 0);
        draft.Emit(draft.Rows.Exit, 0);
    }
}
