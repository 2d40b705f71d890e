using System.Numerics;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Handlers;

/// <summary>Loads and stores where there is no plain memory: fields of contexts, or nothing.</summary>
internal static unsafe class FieldHandlers
{
    public static Slot* Load<TValue, TShadow>(Slot* s, Machine* m, ulong address)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TShadow : struct, IShadow
    {
        ContextAccess access = TValue.IsNegative(TValue.AllBitsSet) ? ContextAccess.SignedLoad : ContextAccess.Load;
        ContextCell* cell = ContextAccesses.Find(m, address, sizeof(TValue), access, out Region* region);
        if (cell == null)
        {
            // Linux lets programs read what it keeps of a map (41c48f3a98231, 5.9): only it knows what that is.
            if (Regions.IsMap(address) && Provenance.IsPointer(m->Provenance[s->Src])) TShadow.Diverge(m, s->Pc);
            return Ending.Fault(s, m, FaultKind.OutOfBoundsLoad);
        }

        if (cell->Value == ContextValue.Number)
        {
            FaultKind fault = TShadow.Load(m, region, (uint)address, sizeof(TValue), s->Dst);
            return fault == FaultKind.None ? MemoryHandlers.Fetch<TValue>(s, m, region, address) : Ending.Fault(s, m, fault);
        }

        m->Registers[s->Dst] = ContextAccesses.PointerIn(m, cell, out uint provenance);
        TShadow.Set(m, s->Dst, provenance);
        return s + 1;
    }

    public static Slot* Store<TValue, TSource, TShadow>(Slot* s, Machine* m, ulong address)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        ContextCell* cell = ContextAccesses.Find(m, address, sizeof(TValue), ContextAccess.Store, out Region* region);
        if (cell == null) return Ending.Fault(s, m, FaultKind.OutOfBoundsStore);
        if (cell->Ignores(MemoryHandlers.Stored<TSource>(s, m))) return s + 1;
        _ = TShadow.Store(m, region, (uint)address, sizeof(TValue), TSource.Register(s), MemoryHandlers.Stored<TSource>(s, m));
        Slot* next = MemoryHandlers.Put<TValue, TSource>(s, m, region, address);
        ContextAccesses.Keep(region, cell);
        return next;
    }
}
