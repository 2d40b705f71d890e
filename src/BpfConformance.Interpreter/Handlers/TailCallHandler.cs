using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Interpreter.Handlers;

/// <summary>The call of bpf_tail_call, by which another program goes on in place of this one.</summary>
public static unsafe class TailCallHandler
{
    /// <summary>The decoder left the table of the programs' first slots in the slot's target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* TailCall<TShadow>(Slot* s, Machine* m)
        where TShadow : struct, IShadow
    {
        if (!TShadow.IsPlain(m, 3)) TShadow.Diverge(m, s->Pc); // which program, and whether there is one
        FaultKind fault = TShadow.CallHelper(m, s->Pc, TailCalls.Number);
        int program = TailCalls.None;
        if (fault == FaultKind.None) fault = TailCalls.Take(m, out program);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);
        if (program == TailCalls.None) return s + 1;

        // What the frame keeps for a caller stays; all else is as if the program began.
        m->BudgetLeft += s->BlockLength - 1; // the rest of the block is not done
        m->BaseDepth = m->Depth;
        StackFrames.Enter(m, m->Depth);
        TShadow.EnterProgram(m);
        return Ending.Enter(((Slot**)s->Target)[program], m);
    }
}
