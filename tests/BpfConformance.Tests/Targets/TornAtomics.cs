using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets;

/// <summary>Every atomic as a load, a pause and a store, and the vector that must find it out.</summary>
internal static unsafe class TornAtomics
{
    public static TestCaseData[] Rows { get; } =
    [
        Row("contention-add32", "atomic-add32", Handler32<AtomicAdd, NoFetch>),
        Row("contention-add32-fetch", "atomic-add32-fetch", Handler32<AtomicAdd, FetchToSrc>),
        Row("contention-or-and32", "atomic-or32", Handler32<AtomicOr, NoFetch>),
        Row("contention-or-and32", "atomic-and32", Handler32<AtomicAnd, NoFetch>),
        Row("contention-or-and32-fetch", "atomic-or32-fetch", Handler32<AtomicOr, FetchToSrc>),
        Row("contention-or-and32-fetch", "atomic-and32-fetch", Handler32<AtomicAnd, FetchToSrc>),
        Row("contention-xor32", "atomic-xor32", Handler32<AtomicXor, NoFetch>),
        Row("contention-xor32-fetch", "atomic-xor32-fetch", Handler32<AtomicXor, FetchToSrc>),
        Row("contention-xchg32", "atomic-xchg32", Handler32<AtomicXchg, FetchToSrc>),
        Row("contention-cmpxchg32", "atomic-cmpxchg32", Handler32<AtomicCmpxchg, FetchToR0>),
        Row("contention-add64", "atomic-add64", Handler64<AtomicAdd, NoFetch>),
        Row("contention-add64-fetch", "atomic-add64-fetch", Handler64<AtomicAdd, FetchToSrc>),
        Row("contention-or-and64", "atomic-or64", Handler64<AtomicOr, NoFetch>),
        Row("contention-or-and64", "atomic-and64", Handler64<AtomicAnd, NoFetch>),
        Row("contention-or-and64-fetch", "atomic-or64-fetch", Handler64<AtomicOr, FetchToSrc>),
        Row("contention-or-and64-fetch", "atomic-and64-fetch", Handler64<AtomicAnd, FetchToSrc>),
        Row("contention-xor64", "atomic-xor64", Handler64<AtomicXor, NoFetch>),
        Row("contention-xor64-fetch", "atomic-xor64-fetch", Handler64<AtomicXor, FetchToSrc>),
        Row("contention-xchg64", "atomic-xchg64", Handler64<AtomicXchg, FetchToSrc>),
        Row("contention-cmpxchg64", "atomic-cmpxchg64", Handler64<AtomicCmpxchg, FetchToR0>),
    ];

    public static Slot* Handler32<TOperation, TFetch>(Slot* s, Machine* m)
        where TOperation : struct, IAtomicOperation
        where TFetch : struct, IFetch
    {
        var cell = (uint*)Cell(s, m);
        uint old = Volatile.Read(ref *cell);
        uint changed = old;
        TOperation.Apply(ref changed, (uint)m->Registers[s->Src], (uint)m->Registers[0]);
        Thread.SpinWait(10);
        Volatile.Write(ref *cell, changed);
        if (TFetch.Register(s) >= 0) m->Registers[TFetch.Register(s)] = old;
        return s + 1;
    }

    public static Slot* Handler64<TOperation, TFetch>(Slot* s, Machine* m)
        where TOperation : struct, IAtomicOperation
        where TFetch : struct, IFetch
    {
        var cell = (ulong*)Cell(s, m);
        ulong old = Volatile.Read(ref *cell);
        ulong changed = old;
        TOperation.Apply(ref changed, m->Registers[s->Src], m->Registers[0]);
        Thread.SpinWait(10);
        Volatile.Write(ref *cell, changed);
        if (TFetch.Register(s) >= 0) m->Registers[TFetch.Register(s)] = old;
        return s + 1;
    }

    private static byte* Cell(Slot* s, Machine* m)
    {
        ulong address = m->Registers[s->Dst] + (ulong)s->Immediate;
        return m->Regions[address >> 32].Base + (uint)address;
    }

    private static TestCaseData Row(string vector, string row, Handler handler) =>
        new TestCaseData(vector, row, handler).SetArgDisplayNames(row);
}
