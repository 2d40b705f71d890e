using System.Numerics;
using BpfConformance.Interpreter.Semantics;

namespace BpfConformance.Mutants.Meanings;

/// <summary>Division by zero gives something else.</summary>
internal struct ByZero<TChange, TDivision> : IAluOperation
    where TChange : struct, IChange
    where TDivision : struct, IAluOperation
{
    public static uint Apply(uint dst, uint src) =>
        src == 0 ? (uint)TChange.Of(dst, 0) : TDivision.Apply(dst, src);

    public static ulong Apply(ulong dst, ulong src) =>
        src == 0 ? TChange.Of(dst, 0) : TDivision.Apply(dst, src);
}

/// <summary>The divisor counts as zero when its low half is.</summary>
internal struct ZeroByLowHalf<TDivision> : IAluOperation
    where TDivision : struct, IAluOperation
{
    public static uint Apply(uint dst, uint src) => TDivision.Apply(dst, (ushort)src == 0 ? 0 : src);

    public static ulong Apply(ulong dst, ulong src) => TDivision.Apply(dst, (uint)src == 0 ? 0 : src);
}

/// <summary>The minimum divided by −1 gives something else.</summary>
internal struct Overflow<TChange, TDivision> : IAluOperation
    where TChange : struct, IChange
    where TDivision : struct, IAluOperation
{
    public static uint Apply(uint dst, uint src) => dst == 1u << 31 && src == uint.MaxValue
        ? (uint)TChange.Of(dst, TDivision.Apply(dst, src))
        : TDivision.Apply(dst, src);

    public static ulong Apply(ulong dst, ulong src) => dst == 1UL << 63 && src == ulong.MaxValue
        ? TChange.Of(dst, TDivision.Apply(dst, src))
        : TDivision.Apply(dst, src);
}

/// <summary>Rounds toward minus infinity.</summary>
internal struct FloorDiv : IAluOperation
{
    public static uint Apply(uint dst, uint src) => (uint)Apply((ulong)(int)dst, (ulong)(int)src);

    public static ulong Apply(ulong dst, ulong src)
    {
        bool isInexact = SMod.Apply(dst, src) != 0 && src != 0;
        return SDiv.Apply(dst, src) - (isInexact && (long)(dst ^ src) < 0 ? 1UL : 0);
    }
}

/// <summary>The remainder has the sign of the divisor.</summary>
internal struct FloorMod : IAluOperation
{
    public static uint Apply(uint dst, uint src) => (uint)Apply((ulong)(int)dst, (ulong)(int)src);

    public static ulong Apply(ulong dst, ulong src)
    {
        ulong rest = SMod.Apply(dst, src);
        return src != 0 && rest != 0 && (long)(rest ^ src) < 0 ? rest + src : rest;
    }
}

/// <summary>The remainder is never negative.</summary>
internal struct EuclideanMod : IAluOperation
{
    public static uint Apply(uint dst, uint src) => (uint)Apply((ulong)(int)dst, (ulong)(int)src);

    public static ulong Apply(ulong dst, ulong src)
    {
        ulong rest = SMod.Apply(dst, src);
        if (src == 0 || (long)rest >= 0) return rest;
        return (long)src < 0 ? rest - src : rest + src;
    }
}

/// <summary>Division with the signedness of each operand for itself.</summary>
internal struct MixedDiv<TDst, TSrc> : IAluOperation
    where TDst : struct, ISignedness
    where TSrc : struct, ISignedness
{
    public static uint Apply(uint dst, uint src) =>
        src == 0 ? 0 : (uint)(TDst.Value(dst) / TSrc.Value(src));

    public static ulong Apply(ulong dst, ulong src) =>
        src == 0 ? 0 : unchecked((ulong)(TDst.Value(dst) / TSrc.Value(src)));
}

internal struct MixedMod<TDst, TSrc> : IAluOperation
    where TDst : struct, ISignedness
    where TSrc : struct, ISignedness
{
    public static uint Apply(uint dst, uint src) =>
        src == 0 ? dst : (uint)(TDst.Value(dst) % TSrc.Value(src));

    public static ulong Apply(ulong dst, ulong src) =>
        src == 0 ? dst : unchecked((ulong)(TDst.Value(dst) % TSrc.Value(src)));
}

internal interface ISignedness
{
    static abstract Int128 Value(uint bits);

    static abstract Int128 Value(ulong bits);
}

internal struct Signed : ISignedness
{
    public static Int128 Value(uint bits) => (int)bits;

    public static Int128 Value(ulong bits) => (long)bits;
}

internal struct Unsigned : ISignedness
{
    public static Int128 Value(uint bits) => bits;

    public static Int128 Value(ulong bits) => bits;
}

/// <summary>Divides by powers of two with an arithmetic shift, which rounds the other way.</summary>
internal struct ShiftsForPowers<TDivision> : IAluOperation
    where TDivision : struct, IAluOperation
{
    public static uint Apply(uint dst, uint src) =>
        BitOperations.IsPow2(src) ? Arsh.Apply(dst, (uint)BitOperations.Log2(src)) : TDivision.Apply(dst, src);

    public static ulong Apply(ulong dst, ulong src) =>
        BitOperations.IsPow2(src) ? Arsh.Apply(dst, (ulong)BitOperations.Log2(src)) : TDivision.Apply(dst, src);
}
