using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Tail calls. They stand in programs, not in local functions: loads of such programs can break kernel/bpf/verifier.c (6.18, __mark_chain_precision).</summary>
internal static class TailCallSteps
{
    private static readonly int s_tailCall = HelperTable.NumberOf("tail_call")!.Value; // the table has it

    public static bool Call(ProgramDraft draft)
    {
        bool canCall = draft is { ContextRegister: >= 0, IsLast: false } && draft.Functions.Current < 0 && CallArguments.CanCall(draft);
        if (!canCall || !draft.Limits.Common.HasSeveralPrograms || !draft.Limits.HasHelper(s_tailCall) || draft.Rows.MapAddresses.Length == 0) return false;
        int map = draft.Maps.IndexOf(MapCatalog.Programs);
        if (map < 0) return false;

        draft.CopyPointer((int)Register.R1, draft.ContextRegister);
        CallArguments.LoadMap(draft, (int)Register.R2, map);
        if (draft.Hook.Loads.Length > 0 && draft.Entropy.Below(3) == 0) ContextSteps.LoadInto(draft, (int)Register.R3);
        else draft.SetConstant((int)Register.R3, draft.Entropy.Below(3));
        draft.EmitHelper(s_tailCall, ValueKind.Context);
        draft.HasTailCall = true;
        draft.State.Call();
        draft.State.Set((int)Register.R0, default);
        return true;
    }
}
