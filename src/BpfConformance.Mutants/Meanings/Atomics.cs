using BpfConformance.Interpreter.Semantics;

namespace BpfConformance.Mutants.Meanings;

/// <summary>Gives the new value for the old one.</summary>
internal struct ReturnsNew<TOperation> : IAtomicOperation
    where TOperation : struct, IAtomicOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand)
    {
        TOperation.Apply(ref memory, src, comparand);
        return memory;
    }

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand)
    {
        TOperation.Apply(ref memory, src, comparand);
        return memory;
    }
}

/// <summary>The operands are misread.</summary>
internal struct AtomicOperands<TSrc, TComparand, TOperation> : IAtomicOperation
    where TSrc : struct, IChange
    where TComparand : struct, IChange
    where TOperation : struct, IAtomicOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand) =>
        TOperation.Apply(ref memory, (uint)TSrc.Of(comparand, src), (uint)TComparand.Of(src, comparand));

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand) =>
        TOperation.Apply(ref memory, TSrc.Of(comparand, src), TComparand.Of(src, comparand));
}

/// <summary>Any arithmetic, as an atomic.</summary>
internal struct AtomicOf<TOperation> : IAtomicOperation
    where TOperation : struct, IAluOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand)
    {
        uint old = memory;
        memory = TOperation.Apply(old, src);
        return old;
    }

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand)
    {
        ulong old = memory;
        memory = TOperation.Apply(old, src);
        return old;
    }
}

/// <summary>CMPXCHG that looks at fewer low bits.</summary>
internal struct ComparesLowBits<TBits> : IAtomicOperation
    where TBits : struct, INumber
{
    public static uint Apply(ref uint memory, uint src, uint comparand)
    {
        uint old = memory;
        if (((old ^ comparand) & (uint)Bits.Below((int)TBits.Value)) == 0) memory = src;
        return old;
    }

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand)
    {
        ulong old = memory;
        if (((old ^ comparand) & Bits.Below((int)TBits.Value)) == 0) memory = src;
        return old;
    }
}

/// <summary>CMPXCHG that stores where the values differ.</summary>
internal struct StoresOnMismatch : IAtomicOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand)
    {
        uint old = memory;
        if (old != comparand) memory = src;
        return old;
    }

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand)
    {
        ulong old = memory;
        if (old != comparand) memory = src;
        return old;
    }
}

/// <summary>CMPXCHG that answers whether it stored.</summary>
internal struct AnswersSuccess : IAtomicOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand) =>
        AtomicCmpxchg.Apply(ref memory, src, comparand) == comparand ? 1u : 0;

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand) =>
        AtomicCmpxchg.Apply(ref memory, src, comparand) == comparand ? 1u : 0;
}
