using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>Tracks nothing: bounds are still checked, by the access itself.</summary>
public readonly unsafe struct NoShadow : IShadow
{
    public static bool IsPlain(Machine* m, int register) => true;

    public static bool IsPlainLoad(Machine* m, Region* region, int register, ulong address, int size) => true;

    public static bool IsPlainStore(Machine* m, int register, ulong address, int src) => true;

    public static FaultKind Combine(Machine* m, PointerRule rule, bool wide, int dst, int src) => FaultKind.None;

    public static FaultKind Transform(Machine* m, int dst, int src) => FaultKind.None;

    public static void Set(Machine* m, int dst, uint provenance)
    {
    }

    public static FaultKind Read(Machine* m, int register) => FaultKind.None;

    public static FaultKind Compare(Machine* m, int pc, Comparison comparison, int dst, int src) => FaultKind.None;

    public static FaultKind Access(Machine* m, int pc, int register, ulong address) => FaultKind.None;

    public static FaultKind Load(Machine* m, Region* region, uint offset, int size, int dst) => FaultKind.None;

    public static void StorePlain(Region* region, uint offset, int size)
    {
    }

    public static FaultKind Store(Machine* m, Region* region, uint offset, int size, int src, ulong value) => FaultKind.None;

    public static FaultKind Atomic(
        Machine* m, Region* region, uint offset, int size, int src, bool isCompare, int old) => FaultKind.None;

    public static void Diverge(Machine* m, int pc)
    {
    }

    public static FaultKind CallHelper(Machine* m, int pc, int helper) => FaultKind.None;

    public static void AfterHelper(Machine* m, int helper)
    {
    }

    public static void AfterCall(Machine* m, uint provenance)
    {
    }

    public static void EnterFunction(Machine* m, Frame* frame)
    {
    }

    public static void EnterProgram(Machine* m)
    {
    }

    public static void LeaveFunction(Machine* m, Frame* frame)
    {
    }
}
