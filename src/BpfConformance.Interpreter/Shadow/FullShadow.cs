using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>
/// Tracks which registers and stack bytes were written, which values are pointers and into what, and which differ
/// between machines.
/// </summary>
public readonly unsafe struct FullShadow : IShadow
{
    private const ulong Volatile8 = 0x0202020202020202;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlain(Machine* m, int register) => register < 0 || m->Provenance[register] == Provenance.Scalar;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlainLoad(Machine* m, Region* region, int register, ulong address, int size) =>
        !m->HasValueFields && m->Provenance[register] == Provenance.Pointer + (uint)(address >> 32)
        && Bytes(region->Shadow + (uint)address, size) == Pattern(ByteShadow.Scalar8, size);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlainStore(Machine* m, int register, ulong address, int src) =>
        !m->HasValueFields && m->Provenance[register] == Provenance.Pointer + (uint)(address >> 32) && IsPlain(m, src);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(Machine* m, int dst, uint provenance) => m->Provenance[dst] = provenance;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePlain(Region* region, uint offset, int size) =>
        SetBytes(region->Shadow + offset, size, ByteShadow.Scalar8);

    public static FaultKind Combine(Machine* m, PointerRule rule, bool wide, int dst, int src)
    {
        uint a = rule == PointerRule.Copies ? Provenance.Scalar : m->Provenance[dst];
        uint b = src < 0 ? Provenance.Scalar : m->Provenance[src];
        if (a == Provenance.Uninitialized || b == Provenance.Uninitialized) return FaultKind.UninitializedRegister;

        // Half a pointer is no pointer.
        PointerRule applied = wide ? rule : PointerRule.Mixes;
        m->Provenance[dst] = applied switch
        {
            PointerRule.Copies => b,
            PointerRule.Offsets when Provenance.IsPointer(a) && !Provenance.IsPointer(b) => Moved(a, b),
            PointerRule.Offsets when Provenance.IsPointer(b) && !Provenance.IsPointer(a) => Moved(b, a),
            PointerRule.Subtracts when Provenance.IsPointer(a) && !Provenance.IsPointer(b) => Moved(a, b),
            PointerRule.Subtracts when Provenance.IsPointer(a) && a == b && (a & Provenance.VolatileOffset) == 0 =>
                Provenance.Scalar,
            PointerRule.Mixes or PointerRule.Offsets or PointerRule.Subtracts =>
                a == Provenance.Scalar && b == Provenance.Scalar ? Provenance.Scalar : Provenance.Volatile,
        };
        return FaultKind.None;
    }

    public static FaultKind Transform(Machine* m, int dst, int src)
    {
        uint provenance = m->Provenance[src];
        if (provenance == Provenance.Uninitialized) return FaultKind.UninitializedRegister;
        m->Provenance[dst] = provenance == Provenance.Scalar ? Provenance.Scalar : Provenance.Volatile;
        return FaultKind.None;
    }

    public static FaultKind Read(Machine* m, int register) =>
        register >= 0 && m->Provenance[register] == Provenance.Uninitialized
            ? FaultKind.UninitializedRegister
            : FaultKind.None;

    public static FaultKind Compare(Machine* m, int pc, Comparison comparison, int dst, int src)
    {
        uint a = m->Provenance[dst];
        uint b = src < 0 ? Provenance.Scalar : m->Provenance[src];
        if (a == Provenance.Uninitialized || b == Provenance.Uninitialized) return FaultKind.UninitializedRegister;
        if (!IsStable(comparison, a, b)) Diverge(m, pc);
        return FaultKind.None;
    }

    public static FaultKind Access(Machine* m, int pc, int register, ulong address)
    {
        uint provenance = m->Provenance[register];
        if (provenance == Provenance.Uninitialized) return FaultKind.UninitializedRegister;
        if (provenance == Provenance.Scalar && address >> 32 >= m->RegionCount) return FaultKind.None; // it leads nowhere, which takes no tracking to see
        if (!Provenance.IsPointer(provenance)) return FaultKind.InvalidPointer;
        uint region = Provenance.RegionOf(provenance);
        if (region != (uint)(address >> 32)) return FaultKind.InvalidPointer;
        bool hasLeft = Provenance.IsToElement(provenance) && Provenance.ElementOf(provenance) != MapValues.ElementAt(m->Regions + region, address);
        if (hasLeft) return FaultKind.InvalidPointer;
        if ((provenance & Provenance.VolatileOffset) != 0) Diverge(m, pc);
        return FaultKind.None;
    }

    public static FaultKind Load(Machine* m, Region* region, uint offset, int size, int dst)
    {
        if (ValueFieldShadow.IsRefusedLoad(m, region, offset, size)) return FaultKind.InvalidPointer;
        byte* shadow = region->Shadow + offset;
        if (HasUninitialized(shadow, size)) return FaultKind.UninitializedStack;
        bool isPlain = Bytes(shadow, size) == Pattern(ByteShadow.Scalar8, size);
        bool isPointer = size == sizeof(ulong) && offset % sizeof(ulong) == 0 && *(ulong*)shadow == ByteShadow.Pointer8;
        m->Provenance[dst] = isPlain ? Provenance.Scalar
            : isPointer ? region->Pointers[offset / sizeof(ulong)]
            : Provenance.Volatile;
        return FaultKind.None;
    }

    public static FaultKind Store(Machine* m, Region* region, uint offset, int size, int src, ulong value)
    {
        if (ValueFieldShadow.IsRefusedStore(m, region, offset, size, value)) return FaultKind.InvalidPointer;
        uint provenance = src < 0 ? Provenance.Scalar : m->Provenance[src];
        bool isPointer = Provenance.IsPointer(provenance) && size == sizeof(ulong) && offset % sizeof(ulong) == 0;
        if (isPointer) region->Pointers[offset / sizeof(ulong)] = provenance;
        ulong eight = provenance == Provenance.Scalar ? ByteShadow.Scalar8
            : isPointer ? ByteShadow.Pointer8
            : Volatile8;
        SetBytes(region->Shadow + offset, size, eight);
        return FaultKind.None;
    }

    public static FaultKind Atomic(
        Machine* m, Region* region, uint offset, int size, int src, bool isCompare, int old)
    {
        if (ValueFieldShadow.IsTouched(m, region, offset, size)) return FaultKind.InvalidPointer;
        byte* shadow = region->Shadow + offset;
        ulong before = Bytes(shadow, size);
        if (HasUninitialized(shadow, size)) return FaultKind.UninitializedStack;

        bool wasPlain = before == Pattern(ByteShadow.Scalar8, size);
        bool isPlain = wasPlain
            && m->Provenance[src] == Provenance.Scalar
            && (!isCompare || m->Provenance[0] == Provenance.Scalar);
        SetBytes(shadow, size, isPlain ? ByteShadow.Scalar8 : Volatile8);
        if (old >= 0) m->Provenance[old] = wasPlain ? Provenance.Scalar : Provenance.Volatile;
        return FaultKind.None;
    }

    public static void Diverge(Machine* m, int pc)
    {
        if (m->VolatileFlowPc < 0) m->VolatileFlowPc = pc;
    }

    public static FaultKind CallHelper(Machine* m, int pc, int helper)
    {
        TraceShadow.CheckArguments(m, helper);
        return HelperShadow.Call(m, pc, helper);
    }

    public static void AfterHelper(Machine* m, int helper)
    {
        HelperShadow.AfterHelper(m, helper);
        TraceShadow.CheckResult(m, helper);
    }

    public static void AfterCall(Machine* m, uint provenance)
    {
        m->Provenance[0] = provenance;
        for (int r = 1; r <= 5; r++) m->Provenance[r] = Provenance.Uninitialized;
    }

    public static void EnterFunction(Machine* m, Frame* frame)
    {
        (frame->P6, frame->P7, frame->P8, frame->P9) =
            (m->Provenance[6], m->Provenance[7], m->Provenance[8], m->Provenance[9]);
        m->Provenance[0] = Provenance.Uninitialized;
        for (int r = 6; r <= 9; r++) m->Provenance[r] = Provenance.Uninitialized;
        StackFrames.Forget(m, m->Depth + 1);
    }

    public static void EnterProgram(Machine* m)
    {
        new Span<uint>(m->Provenance, (int)Register.R10).Clear();
        m->Provenance[(int)Register.R1] = Provenance.PointerTo(Regions.Context);
        StackFrames.Forget(m, m->Depth);
    }

    public static void LeaveFunction(Machine* m, Frame* frame)
    {
        (m->Provenance[6], m->Provenance[7], m->Provenance[8], m->Provenance[9]) =
            (frame->P6, frame->P7, frame->P8, frame->P9);
        for (int r = 1; r <= 5; r++) m->Provenance[r] = Provenance.Uninitialized;
    }

    /// <summary>
    /// Whether every machine decides alike: no pointer is null, pointers into one region compare as their offsets do,
    /// and maps and functions are different things. Where lower halves wrap, and which bits are set, depends on the address.
    /// </summary>
    private static bool IsStable(Comparison comparison, uint a, uint b) =>
        Provenance.IsPointer(a) && (a & Provenance.VolatileOffset) == 0 && comparison switch
        {
            Comparison.Bits => false,
            Comparison.Order => a == b,
            Comparison.Equality => a == b || (IsObject(a) && IsObject(b)),
            Comparison.Null => true,
        };

    private static bool IsObject(uint provenance) => Provenance.IsPointer(provenance) && Provenance.RegionOf(provenance) >= Regions.Maps;

    private static uint Moved(uint pointer, uint by) =>
        by == Provenance.Volatile ? pointer | Provenance.VolatileOffset : pointer;

    private static bool HasUninitialized(byte* shadow, int size) =>
        new ReadOnlySpan<byte>(shadow, size).ContainsAny(ByteShadow.Uninitialized, ByteShadow.Dynptr);

    private static ulong Pattern(ulong eight, int size) => eight >> (64 - (8 * size));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bytes(byte* shadow, int size) => size switch
    {
        (int)MemorySize.Byte => *shadow,
        (int)MemorySize.Half => *(ushort*)shadow,
        (int)MemorySize.Word => *(uint*)shadow,
        _ => *(ulong*)shadow,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetBytes(byte* shadow, int size, ulong eight)
    {
        switch (size)
        {
            case (int)MemorySize.Byte: *shadow = (byte)eight; break;
            case (int)MemorySize.Half: *(ushort*)shadow = (ushort)eight; break;
            case (int)MemorySize.Word: *(uint*)shadow = (uint)eight; break;
            default: *(ulong*)shadow = eight; break;
        }
    }
}
