using System.Numerics;
using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Handlers;

/// <summary>Loads, stores and atomics. The value's type says size and extension: loading an <c>sbyte</c> sign-extends.</summary>
public static unsafe class MemoryHandlers
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Load<TValue, TShadow>(Slot* s, Machine* m)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TShadow : struct, IShadow
    {
        ulong address = m->Registers[s->Src] + (ulong)s->Immediate;
        Region* region = GuestMemory.Find(m, address, sizeof(TValue));
        if (region == null || !TShadow.IsPlainLoad(m, region, s->Src, address, sizeof(TValue)))
        {
            return LoadRest<TValue, TShadow>(s, m);
        }

        TShadow.Set(m, s->Dst, Provenance.Scalar);
        return Fetch<TValue>(s, m, region, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Store<TValue, TSource, TShadow>(Slot* s, Machine* m)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        ulong address = m->Registers[s->Dst] + (ulong)s->Immediate;
        Region* region = GuestMemory.FindWritable(m, address, sizeof(TValue));
        if (region == null || !TShadow.IsPlainStore(m, s->Dst, address, TSource.Register(s)))
        {
            return StoreRest<TValue, TSource, TShadow>(s, m);
        }

        TShadow.StorePlain(region, (uint)address, sizeof(TValue));
        return Put<TValue, TSource>(s, m, region, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Atomic32<TOperation, TFetch, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IAtomicOperation
        where TFetch : struct, IFetch
        where TShadow : struct, IShadow
    {
        FaultKind fault = BeforeAtomic<TOperation, TFetch, TShadow>(s, m, sizeof(uint), out uint* memory);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);

        uint old = TOperation.Apply(ref *memory, (uint)m->Registers[s->Src], (uint)m->Registers[0]);
        if (TFetch.Register(s) >= 0) m->Registers[TFetch.Register(s)] = old;
        return s + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Atomic64<TOperation, TFetch, TShadow>(Slot* s, Machine* m)
        where TOperation : struct, IAtomicOperation
        where TFetch : struct, IFetch
        where TShadow : struct, IShadow
    {
        FaultKind fault = BeforeAtomic<TOperation, TFetch, TShadow>(s, m, sizeof(ulong), out uint* memory);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);

        ulong old = TOperation.Apply(ref *(ulong*)memory, m->Registers[s->Src], m->Registers[0]);
        if (TFetch.Register(s) >= 0) m->Registers[TFetch.Register(s)] = old;
        return s + 1;
    }

    /// <summary>Load-acquire and store-release must be aligned (kernel/bpf/verifier.c, 6.18); single-threaded, they are loads and stores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* LoadAcquire<TValue, TShadow>(Slot* s, Machine* m)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TShadow : struct, IShadow
    {
        ulong address = m->Registers[s->Src] + (ulong)s->Immediate;
        if (IsMisaligned<TValue>(m, address)) return Misaligned<TShadow>(s, m, s->Src, address);

        Slot* next = Load<TValue, TShadow>(s, m);
        Thread.MemoryBarrier();
        return next;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* StoreRelease<TValue, TShadow>(Slot* s, Machine* m)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TShadow : struct, IShadow
    {
        ulong address = m->Registers[s->Dst] + (ulong)s->Immediate;
        if (IsMisaligned<TValue>(m, address)) return Misaligned<TShadow>(s, m, s->Dst, address);

        Thread.MemoryBarrier();
        return Store<TValue, FromRegister, TShadow>(s, m);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Slot* LoadRest<TValue, TShadow>(Slot* s, Machine* m)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TShadow : struct, IShadow
    {
        ulong address = m->Registers[s->Src] + (ulong)s->Immediate;
        FaultKind fault = TShadow.Access(m, s->Pc, s->Src, address);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);

        Region* region = GuestMemory.Find(m, address, sizeof(TValue));
        if (region == null) return FieldHandlers.Load<TValue, TShadow>(s, m, address);
        fault = TShadow.Load(m, region, (uint)address, sizeof(TValue), s->Dst);
        return fault == FaultKind.None ? Fetch<TValue>(s, m, region, address) : Ending.Fault(s, m, fault);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Slot* StoreRest<TValue, TSource, TShadow>(Slot* s, Machine* m)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        int src = TSource.Register(s);
        ulong address = m->Registers[s->Dst] + (ulong)s->Immediate;
        FaultKind fault = TShadow.Read(m, src);
        if (fault == FaultKind.None) fault = TShadow.Access(m, s->Pc, s->Dst, address);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);

        Region* region = GuestMemory.FindWritable(m, address, sizeof(TValue));
        if (region == null) return FieldHandlers.Store<TValue, TSource, TShadow>(s, m, address);
        fault = TShadow.Store(m, region, (uint)address, sizeof(TValue), src, Stored<TSource>(s, m));
        return fault == FaultKind.None ? Put<TValue, TSource>(s, m, region, address) : Ending.Fault(s, m, fault);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Slot* Fetch<TValue>(Slot* s, Machine* m, Region* region, ulong address)
        where TValue : unmanaged, IBinaryInteger<TValue>
    {
        TValue value = Unsafe.ReadUnaligned<TValue>(region->Base + (uint)address);
        m->Registers[s->Dst] = (ulong)long.CreateTruncating(value);
        return s + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Slot* Put<TValue, TSource>(Slot* s, Machine* m, Region* region, ulong address)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TSource : struct, ISource
    {
        Unsafe.WriteUnaligned(region->Base + (uint)address, TValue.CreateTruncating(Stored<TSource>(s, m)));
        return s + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Stored<TSource>(Slot* s, Machine* m)
        where TSource : struct, ISource
    {
        int src = TSource.Register(s);
        return src < 0 ? (ulong)s->StoreImmediate : m->Registers[src];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FaultKind BeforeAtomic<TOperation, TFetch, TShadow>(Slot* s, Machine* m, int size, out uint* memory)
        where TOperation : struct, IAtomicOperation
        where TFetch : struct, IFetch
        where TShadow : struct, IShadow
    {
        memory = null;
        bool isCompare = typeof(TFetch) == typeof(FetchToR0);
        FaultKind fault = TShadow.Read(m, s->Src);
        if (fault == FaultKind.None && isCompare) fault = TShadow.Read(m, 0);
        if (fault != FaultKind.None) return fault;
        ulong address = m->Registers[s->Dst] + (ulong)s->Immediate;
        fault = TShadow.Access(m, s->Pc, s->Dst, address);
        if (fault != FaultKind.None) return fault;

        Region* region = GuestMemory.FindWritable(m, address, size);
        if (region == null) return FaultKind.OutOfBoundsStore;
        if (((uint)address & (uint)(size - 1)) != 0) return FaultKind.MisalignedAtomic;
        memory = (uint*)(region->Base + (uint)address);
        return TShadow.Atomic(m, region, (uint)address, size, s->Src, isCompare, TFetch.Register(s));
    }

    /// <summary>What is out of bounds, or no address at all, is not misaligned.</summary>
    private static Slot* Misaligned<TShadow>(Slot* s, Machine* m, int register, ulong address)
        where TShadow : struct, IShadow
    {
        FaultKind fault = TShadow.Access(m, s->Pc, register, address);
        return Ending.Fault(s, m, fault == FaultKind.None ? FaultKind.MisalignedAtomic : fault);
    }

    private static bool IsMisaligned<TValue>(Machine* m, ulong address)
        where TValue : unmanaged =>
        (address & (ulong)(sizeof(TValue) - 1)) != 0 && GuestMemory.Find(m, address, sizeof(TValue)) != null;
}

/// <summary>Where an atomic leaves the old value.</summary>
public unsafe interface IFetch
{
    /// <summary>The register, or −1.</summary>
    static abstract int Register(Slot* s);
}

public readonly unsafe struct NoFetch : IFetch
{
    public static int Register(Slot* s) => -1;
}

public readonly unsafe struct FetchToSrc : IFetch
{
    public static int Register(Slot* s) => s->Src;
}

/// <summary>Only CMPXCHG does, and compares with r0 (RFC 9669 section 5.3).</summary>
public readonly unsafe struct FetchToR0 : IFetch
{
    public static int Register(Slot* s) => 0;
}
