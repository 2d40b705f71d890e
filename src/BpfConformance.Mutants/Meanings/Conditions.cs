using BpfConformance.Interpreter.Semantics;

namespace BpfConformance.Mutants.Meanings;

internal struct Always : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => true;

    public static bool Holds(ulong dst, ulong src) => true;
}

internal struct Never : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => false;

    public static bool Holds(ulong dst, ulong src) => false;
}

internal struct Inverted<TCondition> : IJumpCondition
    where TCondition : struct, IJumpCondition
{
    public static bool Holds(uint dst, uint src) => !TCondition.Holds(dst, src);

    public static bool Holds(ulong dst, ulong src) => !TCondition.Holds(dst, src);
}

/// <summary>JSET that asks for all bits, not for any.</summary>
internal struct AllBits : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => (dst & src) == src;

    public static bool Holds(ulong dst, ulong src) => (dst & src) == src;
}

/// <summary>JSET that combines with OR.</summary>
internal struct AnyBit : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => (dst | src) != 0;

    public static bool Holds(ulong dst, ulong src) => (dst | src) != 0;
}

/// <summary>The operands are misread.</summary>
internal struct Compared<TDst, TSrc, TCondition> : IJumpCondition
    where TDst : struct, IChange
    where TSrc : struct, IChange
    where TCondition : struct, IJumpCondition
{
    public static bool Holds(uint dst, uint src) =>
        TCondition.Holds((uint)TDst.Of(dst, dst), (uint)TSrc.Of(src, src));

    public static bool Holds(ulong dst, ulong src) => TCondition.Holds(TDst.Of(dst, dst), TSrc.Of(src, src));
}

/// <summary>The difference is compared with zero: wrong where it overflows.</summary>
internal struct OfDifference<TCondition> : IJumpCondition
    where TCondition : struct, IJumpCondition
{
    public static bool Holds(uint dst, uint src) => TCondition.Holds(dst - src, 0u);

    public static bool Holds(ulong dst, ulong src) => TCondition.Holds(dst - src, 0UL);
}

/// <summary>The upper halves decide, and where they are equal, the lower ones, with the same signedness.</summary>
internal struct SignedLowHalves<TCondition> : IJumpCondition
    where TCondition : struct, IJumpCondition
{
    public static bool Holds(uint dst, uint src) => TCondition.Holds(dst, src);

    public static bool Holds(ulong dst, ulong src) => dst >> 32 == src >> 32
        ? TCondition.Holds((uint)dst, (uint)src)
        : TCondition.Holds((uint)(dst >> 32), (uint)(src >> 32));
}
