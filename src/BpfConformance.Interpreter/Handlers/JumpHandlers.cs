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
        where TShadow : struct, IShadow =>
        TShadow.IsPlain(m, s->Dst) && TShadow.IsPlain(m, TSource.Register(s))
            ? Decide32<TCondition, TSource>(s, m)
            : JumpIf32Rest<TCondition, TSource, TShadow>(s, m);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* JumpIf64<TCondition, TSource, TShadow>(Slot* s, Machine* m)
        where TCondition : struct, IJumpCondition
        where TSource : struct, ISource
        where TShadow : struct, IShadow =>
        TShadow.IsPlain(m, s->Dst) && TShadow.IsPlain(m, TSource.Register(s))
            ? Decide64<TCondition, TSource>(s, m)
            : JumpIf64Rest<TCondition, TSource, TShadow>(s, m);

    /// <summary>Goes on until the frame's count is used up, then jumps (kernel/bpf/verifier.c, 6.18: the count is the platform's choice).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* MayGoto<TShadow>(Slot* s, Machine* m)
        where TShadow : struct, IShadow
    {
        if (--m->Frames[m->Depth].MayGotoLeft >= 0) return Ending.Enter(s + 1, m);
        TShadow.Diverge(m, s->Pc);
        return Ending.Enter(s->Target, m);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Slot* JumpIf32Rest<TCondition, TSource, TShadow>(Slot* s, Machine* m)
        where TCondition : struct, IJumpCondition
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        FaultKind fault = TShadow.Compare(m, s->Pc, Comparison.Bits, s->Dst, TSource.Register(s));
        return fault == FaultKind.None ? Decide32<TCondition, TSource>(s, m) : Ending.Fault(s, m, fault);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Slot* Decide32<TCondition, TSource>(Slot* s, Machine* m)
        where TCondition : struct, IJumpCondition
        where TSource : struct, ISource =>
        TCondition.Holds((uint)m->Registers[s->Dst], (uint)TSource.Read(s, m))
            ? Ending.Enter(s->Target, m)
            : Ending.Enter(s + 1, m);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Slot* JumpIf64Rest<TCondition, TSource, TShadow>(Slot* s, Machine* m)
        where TCondition : struct, IJumpCondition
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        bool isEquality = typeof(TCondition) == typeof(Jeq) || typeof(TCondition) == typeof(Jne);
        bool isZero = TSource.Register(s) < 0 && s->Immediate == 0;
        // An address shares bits with itself, for it is not null; which ones with another, each machine decides.
        bool isSame = m->Registers[s->Dst] == TSource.Read(s, m);
        Comparison comparison = typeof(TCondition) == typeof(Jset) && !isSame ? Comparison.Bits
            : !isEquality ? Comparison.Order
            : isZero ? Comparison.Null
            : Comparison.Equality;
        FaultKind fault = TShadow.Compare(m, s->Pc, comparison, s->Dst, TSource.Register(s));
        return fault == FaultKind.None ? Decide64<TCondition, TSource>(s, m) : Ending.Fault(s, m, fault);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Slot* Decide64<TCondition, TSource>(Slot* s, Machine* m)
        where TCondition : struct, IJumpCondition
        where TSource : struct, ISource =>
        TCondition.Holds(m->Registers[s->Dst], TSource.Read(s, m))
            ? Ending.Enter(s->Target, m)
            : Ending.Enter(s + 1, m);
}
