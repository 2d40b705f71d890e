using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>What a comparison looks at.</summary>
public enum Comparison
{
    /// <summary>Lower halves, or bits that both have.</summary>
    Bits,
    Order,
    Equality,

    /// <summary>Equality with an immediate of zero.</summary>
    Null,
}

/// <summary>
/// What a run tracks beside the values: nothing (<see cref="NoShadow"/>), or initialized-ness and provenance
/// (<see cref="FullShadow"/>). A register of −1 stands for an immediate.
///
/// Each kind of instruction comes in two parts. <c>IsPlain…</c> asks, in a few compares, whether all that is involved
/// are initialized numbers and well-founded pointers; only when not, the second part is asked before the value
/// changes, and an answer other than <see cref="FaultKind.None"/> ends the run. Handlers keep the second part out of
/// line, so that the common way makes no call and saves no register.
/// </summary>
public unsafe interface IShadow
{
    static abstract bool IsPlain(Machine* m, int register);

    static abstract bool IsPlainLoad(Machine* m, Region* region, int register, ulong address, int size);

    static abstract bool IsPlainStore(Machine* m, int register, ulong address, int src);

    /// <summary>dst = dst op src.</summary>
    static abstract FaultKind Combine(Machine* m, PointerRule rule, bool wide, int dst, int src);

    /// <summary>dst = f(src), where f keeps no pointer.</summary>
    static abstract FaultKind Transform(Machine* m, int dst, int src);

    /// <summary>dst becomes something of known provenance.</summary>
    static abstract void Set(Machine* m, int dst, uint provenance);

    static abstract FaultKind Read(Machine* m, int register);

    /// <summary>A comparison that decides where to go.</summary>
    static abstract FaultKind Compare(Machine* m, int pc, Comparison comparison, int dst, int src);

    /// <summary>An access to <paramref name="address"/> by way of a register.</summary>
    static abstract FaultKind Access(Machine* m, int pc, int register, ulong address);

    static abstract FaultKind Load(Machine* m, Region* region, uint offset, int size, int dst);

    /// <summary>Memory becomes plain numbers.</summary>
    static abstract void StorePlain(Region* region, uint offset, int size);

    /// <summary>A value, of a register or −1, goes to memory.</summary>
    static abstract FaultKind Store(Machine* m, Region* region, uint offset, int size, int src, ulong value);

    /// <summary>Memory is combined with src (and r0, where <paramref name="isCompare"/>); the old value goes to <paramref name="old"/>, or −1.</summary>
    static abstract FaultKind Atomic(Machine* m, Region* region, uint offset, int size, int src, bool isCompare, int old);

    /// <summary>What happens next is this machine's own choice.</summary>
    static abstract void Diverge(Machine* m, int pc);

    /// <summary>A helper that the runtime has is about to be called: what it will read and write, and its value.</summary>
    static abstract FaultKind CallHelper(Machine* m, int pc, int helper);

    /// <summary>That helper has left something in r0.</summary>
    static abstract void AfterHelper(Machine* m, int helper);

    /// <summary>Something was called: r1–r5 are gone, and r0 is something of known provenance.</summary>
    static abstract void AfterCall(Machine* m, uint provenance);

    /// <summary>A function of the program begins in <paramref name="frame"/>: its r0 and r6–r9 hold nothing of its own.</summary>
    static abstract void EnterFunction(Machine* m, Frame* frame);

    /// <summary>A program begins in the current frame: it has the context in r1, and nothing else of its own.</summary>
    static abstract void EnterProgram(Machine* m);

    static abstract void LeaveFunction(Machine* m, Frame* frame);
}
