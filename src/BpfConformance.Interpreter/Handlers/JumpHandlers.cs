using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Interpreter.Handlers;

/// <summary>Jumps within a function.</summary>
public static unsafe class JumpHandlers
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Jump(Slot* s, Machine* m) => Ending.Enter(s->Target, m);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* JumpIf32<TCondition, TSource, TShadow>(Slot* s, Machine* m)
        where TCondition : struct, IJumpCondition
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        // Half a pointer may well be zero.
        FaultKind fault = TShadow.Compare(m, s->Pc, isEquality: false, s->Dst, TSource.Register(s), s->Immediate);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);

        return TCondition.Holds((uint)m->Registers[s->Dst], (uint)TSource.Read(s, m))
            ? Ending.Enter(s->Target, m)
            : Ending.Enter(s + 1, m);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* JumpIf64<TCondition, TSource, TShadow>(Slot* s, Machine* m)
        where TCondition : struct, IJumpCondition
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        bool isEquality = typeof(TCondition) == typeof(Jeq) || typeof(TCondition) == typeof(Jne);
        FaultKind fault = TShadow.Compare(m, s->Pc, isEquality, s->Dst, TSource.Register(s), s->Immediate);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);

        return TCondition.Holds(m->Registers[s->Dst], TSource.Read(s, m))
            ? Ending.Enter(s->Target, m)
            : Ending.Enter(s + 1, m);
    }

    /// <summary>Goes on until the frame's count is used up, then jumps (kernel/bpf/verifier.c, 6.18: the count is the platform's choice).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* MayGoto(Slot* s, Machine* m) =>
        --m->Frames[m->Depth].MayGotoLeft < 0 ? Ending.Enter(s->Target, m) : Ending.Enter(s + 1, m);
}
