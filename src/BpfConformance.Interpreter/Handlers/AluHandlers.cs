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
        FaultKind fault = TShadow.Combine(m, TOperation.Pointers, wide: false, s->Dst, TSource.Register(s));
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);

        // A 32-bit result clears the upper half (RFC 9669 section 4.1).
        m->Registers[s->Dst] = TOperation.Apply((uint)m->Registers[s->Dst], (uint)TSource.Read(s, m));
        return s + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Alu64<TOperation, TSource, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IAluOperation
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        FaultKind fault = TShadow.Combine(m, TOperation.Pointers, wide: true, s->Dst, TSource.Register(s));
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);

        m->Registers[s->Dst] = TOperation.Apply(m->Registers[s->Dst], TSource.Read(s, m));
        return s + 1;
    }

    /// <summary>dst = f(src): sign-extending moves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Extend<TOperation, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IUnaryOperation
        where TShadow : struct, IShadow
    {
        FaultKind fault = TShadow.Transform(m, s->Dst, s->Src);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);

        m->Registers[s->Dst] = TOperation.Apply(m->Registers[s->Src]);
        return s + 1;
    }

    /// <summary>dst = f(dst): byte swaps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* InPlace<TOperation, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IUnaryOperation
        where TShadow : struct, IShadow
    {
        FaultKind fault = TShadow.Transform(m, s->Dst, s->Dst);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);

        m->Registers[s->Dst] = TOperation.Apply(m->Registers[s->Dst]);
        return s + 1;
    }

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
}
