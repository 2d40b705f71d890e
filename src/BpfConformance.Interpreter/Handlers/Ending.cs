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
        m->Uncharged = s->BlockLength - 1;
        return (Slot*)m->Halt;
    }

    /// <summary>Before the instruction at <paramref name="s"/> all of the budget was executed.</summary>
    public static Slot* OutOfBudget(Slot* s, Machine* m)
    {
        (m->Status, m->FaultPc) = (RunStatus.OutOfBudget, s->Pc);
        m->Uncharged = (int)-m->BudgetLeft;
        return (Slot*)m->Halt;
    }

    /// <summary>Goes to the block at <paramref name="next"/> and charges it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Enter(Slot* next, Machine* m)
    {
        long left = m->BudgetLeft - next->BlockLength;
        m->BudgetLeft = left;
        return left < 0 ? ExecutePart(next, m) : next;
    }

    /// <summary>Executes as much of a block as can be paid, in which nothing but a fault ends the run before the budget does.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Slot* ExecutePart(Slot* slot, Machine* m)
    {
        for (long left = m->BudgetLeft + slot->BlockLength; left > 0; left--)
        {
            slot = slot->Handler(slot, m);
            if (slot == m->Halt) return slot;
        }

        return OutOfBudget(slot, m);
    }
}
