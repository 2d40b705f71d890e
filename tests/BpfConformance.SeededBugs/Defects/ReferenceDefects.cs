using System.Collections.Immutable;
using System.Numerics;
using BpfConformance.Abi.Helpers;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.SeededBugs.Defects;

/// <summary>Meanings that no mutant of the catalogue has: some let the host's own arithmetic throw, as the historic ones did.</summary>
internal static unsafe class ReferenceDefects
{
    /// <summary>I03: a 32-bit division looks at all of the divisor, and the host divides.</summary>
    public static Slot* Div32(Slot* s, Machine* m)
    {
        if (m->Registers[s->Src] == 0) return AluHandlers.Alu32<Div, FromRegister, NoShadow>(s, m);
        m->Registers[s->Dst] = (uint)m->Registers[s->Dst] / (uint)m->Registers[s->Src];
        return s + 1;
    }

    /// <summary>I04: the same of the remainder.</summary>
    public static Slot* Mod32(Slot* s, Machine* m)
    {
        if (m->Registers[s->Src] == 0) return AluHandlers.Alu32<Mod, FromRegister, NoShadow>(s, m);
        m->Registers[s->Dst] = (uint)m->Registers[s->Dst] % (uint)m->Registers[s->Src];
        return s + 1;
    }

    /// <summary>I09: the low word of a wide instruction is sign-extended before the high one is joined to it.</summary>
    public static Slot* LoadImm64(Slot* s, Machine* m)
    {
        m->Registers[s->Dst] = (int)s->Immediate < 0 ? (ulong)(int)s->Immediate : (ulong)s->Immediate;
        return s + 2;
    }

    /// <summary>I11: the host divides, whose minimum by −1 traps.</summary>
    public static Slot* SignedQuotient<TValue, TSource>(Slot* s, Machine* m)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TSource : struct, ISource => Divide<TValue, TSource>(s, m, static (dividend, divisor) => divisor == TValue.Zero ? divisor : dividend / divisor);

    /// <summary>I11: the same of the remainder.</summary>
    public static Slot* SignedRemainder<TValue, TSource>(Slot* s, Machine* m)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TSource : struct, ISource => Divide<TValue, TSource>(s, m, static (dividend, divisor) => divisor == TValue.Zero ? dividend : dividend % divisor);

    /// <summary>I14: the end of what is loaded is computed in 64 bits, and where that wraps, the load counts as inside; there is nothing, and 0 is loaded.</summary>
    public static Slot* Load<TValue>(Slot* s, Machine* m)
        where TValue : unmanaged, IBinaryInteger<TValue>
    {
        ulong address = m->Registers[s->Src] + (ulong)s->Immediate;
        if (address <= ulong.MaxValue - (ulong)sizeof(TValue) + 1) return MemoryHandlers.Load<TValue, NoShadow>(s, m);
        m->Registers[s->Dst] = 0;
        return s + 1;
    }

    /// <summary>I16: a shift by an immediate of the width or more is an arithmetic error of the host.</summary>
    public static Slot* Shift32<TOperation>(Slot* s, Machine* m)
        where TOperation : struct, IAluOperation =>
        (ulong)s->Immediate < 32 ? AluHandlers.Alu32<TOperation, FromImmediate, NoShadow>(s, m) : throw new OverflowException("a shift by too much");

    /// <summary>I16: the same of 64 bits.</summary>
    public static Slot* Shift64<TOperation>(Slot* s, Machine* m)
        where TOperation : struct, IAluOperation =>
        (ulong)s->Immediate < 64 ? AluHandlers.Alu64<TOperation, FromImmediate, NoShadow>(s, m) : throw new OverflowException("a shift by too much");

    /// <summary>A10: the subtraction of an immediate is the addition of its negation in 32 bits.</summary>
    public static Slot* Sub64(Slot* s, Machine* m)
    {
        m->Registers[s->Dst] += (ulong)unchecked(-(int)s->Immediate);
        return s + 1;
    }

    /// <summary>V18: helpers write to maps that programs may only read.</summary>
    public static Slot* CallHelper(Slot* s, Machine* m)
    {
        Region* opened = null;
        ImmutableArray<HelperArgument> arguments = HelperTable.PrototypeOf((int)s->Immediate).Arguments;
        for (int i = 0; i < arguments.Length && opened == null; i++)
        {
            Region* region = arguments[i].Has(ArgumentFlags.Written) ? GuestMemory.Find(m, m->Registers[i + 1], size: 1) : null;
            if (region != null && region->IsWritable == 0) opened = region;
        }

        if (opened != null) opened->IsWritable = 1;
        Slot* next = CallHandlers.CallHelper<NoShadow>(s, m);
        if (opened != null) opened->IsWritable = 0;
        return next;
    }

    /// <summary>P04: r1 to r5 outlive a call of a function.</summary>
    public static Slot* Exit(Slot* s, Machine* m)
    {
        uint* provenance = m->Provenance;
        (uint r1, uint r2, uint r3, uint r4, uint r5) = (provenance[1], provenance[2], provenance[3], provenance[4], provenance[5]);
        bool returns = m->Depth > 0;
        Slot* next = CallHandlers.Exit<FullShadow>(s, m);
        if (returns) (provenance[1], provenance[2], provenance[3], provenance[4], provenance[5]) = (r1, r2, r3, r4, r5);
        return next;
    }

    private static Slot* Divide<TValue, TSource>(Slot* s, Machine* m, Func<TValue, TValue, TValue> division)
        where TValue : unmanaged, IBinaryInteger<TValue>
        where TSource : struct, ISource
    {
        TValue result = division(TValue.CreateTruncating(m->Registers[s->Dst]), TValue.CreateTruncating(TSource.Read(s, m)));
        m->Registers[s->Dst] = sizeof(TValue) == sizeof(int) ? (uint)int.CreateTruncating(result) : ulong.CreateTruncating(result);
        return s + 1;
    }
}
