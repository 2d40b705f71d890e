using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>
/// Functions that helpers call. They stand where every run comes by, and are called at least once: of one that a verifier finds to be of no use
/// kernel/bpf/core.c (6.18) warns and taints the kernel.
/// </summary>
internal static class CallbackSteps
{
    private const int WordBytes = sizeof(ulong);
    private const int MostTurns = 6;
    private static readonly int s_loop = HelperTable.NumberOf("loop")!.Value; // the table has them
    private static readonly int s_forEach = HelperTable.NumberOf("for_each_map_elem")!.Value;
    private static readonly AbstractValue s_shared = AbstractValue.Pointer(ValueKind.CallerStack, WordBytes);
    private static readonly FunctionSignature s_turn = new([AbstractValue.Scalar(ScalarRange.Unknown), s_shared], 1) { IsCallback = true };
    private static readonly FunctionSignature s_element =
        new([default, default, AbstractValue.Pointer(ValueKind.MapValue, MapCatalog.Array.ValueBytes), s_shared], 1) { IsCallback = true };

    /// <summary>A loop, or a walk through an array, with a word of the stack that its turns share.</summary>
    public static void Begin(ProgramDraft draft)
    {
        if (draft.IsLeaf || draft.State.Words == 0 || draft.Rows.LoadCode is null || draft.Rows.MapAddresses.Length == 0) return;
        int array = draft.Entropy.Below(2) == 0 ? draft.Maps.IndexOf(MapCatalog.Array) : -1;
        int helper = array >= 0 ? s_forEach : s_loop;
        if (!draft.Limits.HasHelper(helper)) return;

        AbstractState state = draft.State;
        int word = draft.Entropy.Below(state.Words);
        int position = (word * WordBytes) - state.FrameBytes;
        draft.Emit(draft.Rows.StoreDouble, (int)Register.R10, 0, position, draft.Immediate(), ValueKind.Stack);
        state.Write(word);
        const int Shared = (int)Register.R3;
        if (array >= 0) CallArguments.LoadMap(draft, (int)Register.R1, array);
        else draft.SetConstant((int)Register.R1, draft.Entropy.Between(1, MostTurns));
        int address = draft.Emit(draft.Rows.LoadCode, (int)Register.R2);
        draft.EmitSecond(0);
        draft.Functions.NoteCall(address, draft.Functions.Add(array >= 0 ? s_element : s_turn));
        draft.CopyPointer(Shared, (int)Register.R10);
        draft.Emit(draft.Rows.AddImmediate, Shared, immediate: position, kind: ValueKind.Stack);
        draft.SetConstant((int)Register.R4, 0);
        draft.EmitHelper(helper, array >= 0 ? ValueKind.Map : ValueKind.Scalar);
        state.Call();
        state.SetScalar((int)Register.R0, ScalarRange.Unknown);
    }
}
