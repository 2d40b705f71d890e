using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Interpreter.Handlers;

/// <summary>The ways out of a run; each returns the slot at which the trampoline stops.</summary>
public static unsafe class Ending
{
    /// <summary>The instruction at <paramref name="s"/> faulted: it counts as executed, the rest of its block does not.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Slot* Fault(Slot* s, Machine* m, FaultKind kind)
    {
        (m->Status, m->Fault, m->FaultPc) = (RunStatus.Faulted, kind, s->Pc);
        m->Uncharged += s->BlockLength - 1;
        return (Slot*)m->Halt;
    }

    /// <summary>The block at <paramref name="next"/> was charged and cannot be paid.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Slot* OutOfBudget(Slot* next, Machine* m)
    {
        (m->Status, m->FaultPc) = (RunStatus.OutOfBudget, next->Pc);
        m->Uncharged += next->BlockLength;
        return (Slot*)m->Halt;
    }

    /// <summary>Goes to the block at <paramref name="next"/> and charges it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Enter(Slot* next, Machine* m)
    {
        long left = m->BudgetLeft - next->BlockLength;
        m->BudgetLeft = left;
        return left < 0 ? OutOfBudget(next, m) : next;
    }
}
