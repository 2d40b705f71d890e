using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Records of a ring buffer: reserved, filled, and given back.</summary>
internal static class RingSteps
{
    private const int WordBytes = sizeof(ulong);
    private static readonly int s_reserve = HelperTable.NumberOf("ringbuf_reserve")!.Value; // the table has it
    private static readonly int[] s_release = [HelperTable.NumberOf("ringbuf_submit")!.Value, HelperTable.NumberOf("ringbuf_discard")!.Value];

    public static bool Write(ProgramDraft draft)
    {
        if (!CallArguments.CanCall(draft) || draft.Rows.MapAddresses.Length == 0 || !draft.Limits.HasHelper(s_reserve)) return false;
        int map = draft.Maps.IndexOf(MapCatalog.Ring);
        if (map < 0) return false;

        AbstractState state = draft.State;
        int words = draft.Entropy.Between(1, 3);
        CallArguments.LoadMap(draft, (int)Register.R1, map);
        draft.SetConstant((int)Register.R2, words * WordBytes);
        draft.SetConstant((int)Register.R3, 0);
        draft.EmitHelper(s_reserve, ValueKind.Map);
        state.Call();
        state.Set((int)Register.R0, default);
        int jump = draft.Emit(draft.Rows.IfZero, (int)Register.R0, kind: ValueKind.RecordOrNull);
        for (int word = 0; word < words; word++) Fill(draft, word * WordBytes);
        draft.Emit(draft.Rows.MovePointer!, (int)Register.R1, (int)Register.R0, kind: ValueKind.Record); // CanCall
        draft.Emit(draft.Rows.MoveImmediate, (int)Register.R2, immediate: 0);
        draft.EmitHelper(draft.Entropy.Of<int>(s_release), ValueKind.Record);
        draft.LeadHere(jump);
        return true;
    }

    /// <summary>All of it is written: it holds what was there before.</summary>
    private static void Fill(ProgramDraft draft, int offset)
    {
        uint scalars = draft.State.Scalars;
        if (scalars == 0 || draft.Entropy.Below(3) == 0) draft.Emit(draft.Rows.StoreDouble, (int)Register.R0, 0, offset, draft.Immediate(), ValueKind.Record);
        else draft.Emit(draft.Rows.WordStore, (int)Register.R0, draft.Entropy.BitOf(scalars), offset, kind: ValueKind.Record);
    }
}
