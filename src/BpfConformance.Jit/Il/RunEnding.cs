using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Jit.Il;

/// <summary>
/// How emitted code ends a run early: it calls one of these and returns what they return. Callers see that the run is over
/// by the machine's status, and return in turn.
/// </summary>
internal static unsafe class RunEnding
{
    /// <summary>The instruction faulted.</summary>
    /// <param name="m">The machine.</param>
    /// <param name="kind">What happened.</param>
    /// <param name="pc">Where.</param>
    /// <param name="rest">Instructions of the block that were charged and come after it.</param>
    /// <param name="left">What is left of the budget.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Fault(Machine* m, FaultKind kind, int pc, int rest, long left)
    {
        (m->Status, m->Fault, m->FaultPc) = (RunStatus.Faulted, kind, pc);
        return Leave(m, rest, left);
    }

    /// <summary>The block at a pc, so many instructions long, was charged and cannot be paid.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong OutOfBudget(Machine* m, int pc, int length, long left)
    {
        (m->Status, m->FaultPc) = (RunStatus.OutOfBudget, pc);
        return Leave(m, length, left);
    }

    private static ulong Leave(Machine* m, int uncharged, long left)
    {
        m->Uncharged += uncharged;
        m->BudgetLeft = left;
        return 0;
    }
}
