using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Handlers;

/// <summary>Arithmetic, moves, byte swaps and 64-bit immediates.</summary>
public static unsafe class AluHandlers
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Alu32<TOperation, TSource, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IAluOperation
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        if (!IsPlain<TOperation, TSource, TShadow>(s, m)) return Alu32Rest<TOperation, TSource, TShadow>(s, m);
        if (TOperation.Pointers == PointerRule.Copies) TShadow.Set(m, s->Dst, Provenance.Scalar);
        return Apply32<TOperation, TSource>(s, m);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Alu64<TOperation, TSource, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IAluOperation
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        if (!IsPlain<TOperation, TSource, TShadow>(s, m)) return Alu64Rest<TOperation, TSource, TShadow>(s, m);
        if (TOperation.Pointers == PointerRule.Copies) TShadow.Set(m, s->Dst, Provenance.Scalar);
        return Apply64<TOperation, TSource>(s, m);
    }

    /// <summary>dst = f(src): sign-extending moves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Extend<TOperation, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IUnaryOperation
        where TShadow : struct, IShadow => Transform<TOperation, TShadow>(s, m, s->Src);

    /// <summary>dst = f(dst): byte swaps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* InPlace<TOperation, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IUnaryOperation
        where TShadow : struct, IShadow => Transform<TOperation, TShadow>(s, m, s->Dst);

    /// <summary>The 64 bits that the decoder made of both slots: a number, or an address where the source field says so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* LoadImm64<TShadow>(Slot* s, Machine* m)
        where TShadow : struct, IShadow
    {
        bool isAddress = s->Src != 0;
        TShadow.Set(m, s->Dst, isAddress ? Provenance.PointerTo((int)(s->Immediate >> 32)) : Provenance.Scalar);
        m->Registers[s->Dst] = (ulong)s->Immediate;
        return s + 2;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Slot* Alu32Rest<TOperation, TSource, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IAluOperation
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        FaultKind fault = TShadow.Combine(m, TOperation.Pointers, wide: false, s->Dst, TSource.Register(s));
        return fault == FaultKind.None ? Apply32<TOperation, TSource>(s, m) : Ending.Fault(s, m, fault);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Slot* Apply32<TOperation, TSource>(Slot* s, Machine* m)
        where TOperation : struct, IAluOperation
        where TSource : struct, ISource
    {
        // A 32-bit result clears the upper half (RFC 9669 section 4.1).
        m->Registers[s->Dst] = TOperation.Apply((uint)m->Registers[s->Dst], (uint)TSource.Read(s, m));
        return s + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Slot* Alu64Rest<TOperation, TSource, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IAluOperation
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        FaultKind fault = TShadow.Combine(m, TOperation.Pointers, wide: true, s->Dst, TSource.Register(s));
        return fault == FaultKind.None ? Apply64<TOperation, TSource>(s, m) : Ending.Fault(s, m, fault);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Slot* Apply64<TOperation, TSource>(Slot* s, Machine* m)
        where TOperation : struct, IAluOperation
        where TSource : struct, ISource
    {
        m->Registers[s->Dst] = TOperation.Apply(m->Registers[s->Dst], TSource.Read(s, m));
        return s + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain<TOperation, TSource, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IAluOperation
        where TSource : struct, ISource
        where TShadow : struct, IShadow =>
        TShadow.IsPlain(m, TSource.Register(s))
        && (TOperation.Pointers == PointerRule.Copies || TShadow.IsPlain(m, s->Dst));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Slot* Transform<TOperation, TShadow>(Slot* s, Machine* m, int src)
        where TOperation : struct, IUnaryOperation
        where TShadow : struct, IShadow
    {
        FaultKind fault = TShadow.Transform(m, s->Dst, src);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);
        m->Registers[s->Dst] = TOperation.Apply(m->Registers[src]);
        return s + 1;
    }
}
