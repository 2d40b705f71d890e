using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Interpreter.Handlers;

/// <summary>
/// Calls of helpers that call functions of the program. The function returns to a slot of its own, which belongs to no instruction: that
/// calls the next, or goes on behind the call.
/// </summary>
public static unsafe class CallbackHandlers
{
    /// <summary>The decoder left the slot to return to in the slot's target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Call<TShadow>(Slot* s, Machine* m)
        where TShadow : struct, IShadow
    {
        // How often, and whether at all.
        bool isPlain = TShadow.IsPlain(m, (int)Register.R4) && (s->Immediate != Callbacks.Loop || TShadow.IsPlain(m, (int)Register.R1));
        if (!isPlain) TShadow.Diverge(m, s->Pc);
        uint context = m->Provenance[(int)Register.R3];
        bool isHelper = s->Immediate != Callbacks.RunTimers;
        FaultKind fault = isHelper ? TShadow.CallHelper(m, s->Pc, (int)s->Immediate) : FaultKind.None;
        if (fault == FaultKind.None) fault = Callbacks.Begin(m, (int)s->Immediate);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);
        m->Walks[m->OpenWalks - 1].ContextProvenance = context;
        return Next<TShadow>(s, m, result: 0);
    }

    /// <summary>A function has returned: the slot's target is the call's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Resume<TShadow>(Slot* s, Machine* m)
        where TShadow : struct, IShadow
    {
        Slot* call = s->Target;
        FaultKind fault = TShadow.Read(m, (int)Register.R0);
        if (fault != FaultKind.None) return Ending.Fault(call, m, fault);
        if (!TShadow.IsPlain(m, (int)Register.R0)) TShadow.Diverge(m, call->Pc);
        return Next<TShadow>(call, m, m->Registers[(int)Register.R0]);
    }

    private static Slot* Next<TShadow>(Slot* call, Machine* m, ulong result)
        where TShadow : struct, IShadow
    {
        TShadow.AfterCall(m, Runtime.Memory.Provenance.Scalar);
        int function = Callbacks.Next(m, result);
        return function == Callbacks.None
            ? Ending.Enter(call + 1, m)
            : CallHandlers.Enter<TShadow>(call, m, call - call->Pc + function, call->Target);
    }
}
