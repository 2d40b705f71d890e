using System.Numerics;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Stress;

/// <summary>The steps that make a program large in one direction.</summary>
internal static class StressSteps
{
    /// <summary>With the words of the largest frame and what may_goto takes for itself it is all of the stack.</summary>
    public const int GapBytes = MachineLimits.StackBytes - (AbstractState.MostWords * sizeof(ulong)) - 16;

    /// <summary>Memory in which accesses are too far for displacements of 12 bits.</summary>
    public const int FarBytes = 1 << 13;

    private const int FarthestSteps = 1500;
    private const int PressedSteps = 150;
    private static readonly int s_tailCall = HelperTable.NumberOf("tail_call")!.Value; // the table has it

    /// <summary>A branch over all that follows, or much of it.</summary>
    public static bool FarBranch(ProgramDraft draft)
    {
        if (draft.Blocks.Count == OpenBlocks.MostOpen || draft.Base < 0) return false;
        draft.Blocks.BeginBranch(BranchSteps.Condition(draft), draft.Entropy.Between(FarthestSteps / 4, FarthestSteps), hasElse: false);
        return true;
    }

    /// <summary>The program begins again, as often as it may.</summary>
    public static bool TailCallItself(ProgramDraft draft)
    {
        if (draft.ContextRegister < 0 || !CallArguments.CanCall(draft) || !draft.Limits.HasHelper(s_tailCall)) return false;
        int map = draft.Maps.IndexOf(MapCatalog.Itself);
        if (map < 0) return false;
        draft.CopyPointer((int)Register.R1, draft.ContextRegister);
        CallArguments.LoadMap(draft, (int)Register.R2, map);
        draft.SetConstant((int)Register.R3, 0);
        draft.EmitHelper(s_tailCall, ValueKind.Context);
        draft.State.Call();
        return true;
    }

    /// <summary>All registers hold numbers, and much is done with them.</summary>
    public static bool FillRegisters(ProgramDraft draft)
    {
        if (draft.Base < 0) return false;
        for (uint rest = draft.State.Writable; rest != 0; rest &= rest - 1) draft.LoadFresh(BitOperations.TrailingZeroCount(rest));
        for (int step = 0; step < PressedSteps && !draft.Entropy.IsExhausted; step++)
        {
            draft.Entropy.BeginStep();
            ArithmeticSteps.Any(draft);
        }

        return true;
    }
}
