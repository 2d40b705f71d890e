using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Jit.Il;

/// <summary>
/// How emitted code ends a run early: it calls one of these and returns what they return. Callers see that the run is over
/// by the machine's status, and return in turn. Not inlined: they are in the way of what runs.
/// </summary>
internal static unsafe class RunEnding
{
    /// <summary>An instruction faulted.</summary>
    /// <param name="m">The machine.</param>
    /// <param name="kind">What happened.</param>
    /// <param name="pc">Where.</param>
    /// <param name="rest">Instructions of the block that were charged and come after it.</param>
    /// <param name="left">What is left of the budget.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Fault(Machine* m, FaultKind kind, int pc, int rest, long left)
    {
        // Budgets are looked at where control may go round: this one may have been empty before.
        if (left + rest < 0) return OutOfBudget(m, pc, left);
        (m->Status, m->Fault, m->FaultPc) = (RunStatus.Faulted, kind, pc);
        m->Uncharged = rest;
        m->BudgetLeft = left;
        return 0;
    }

    /// <summary>More was charged than there was: all of the budget counts as executed.</summary>
    /// <param name="m">The machine.</param>
    /// <param name="pc">Where that was seen; −1: it is not known.</param>
    /// <param name="left">What is left of the budget.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong OutOfBudget(Machine* m, int pc, long left)
    {
        (m->Status, m->FaultPc) = (RunStatus.OutOfBudget, pc);
        m->Uncharged = (int)-left;
        m->BudgetLeft = left;
        return 0;
    }
}
