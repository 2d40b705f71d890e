using System.Buffers.Binary;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Mutants.Meanings;

/// <summary>How a value goes wrong: an operand, an immediate, an offset or a result.</summary>
internal interface IChange
{
    /// <param name="before">What was there before; for operands and immediates, the value itself.</param>
    /// <param name="after">The value that would be right.</param>
    static abstract ulong Of(ulong before, ulong after);
}

/// <summary>No defect: for the other of two operands.</summary>
internal struct As : IChange
{
    public static ulong Of(ulong before, ulong after) => after;
}

internal struct Kept : IChange
{
    public static ulong Of(ulong before, ulong after) => before;
}

internal struct Constant<TNumber> : IChange
    where TNumber : struct, INumber
{
    public static ulong Of(ulong before, ulong after) => (ulong)TNumber.Value;
}

internal struct Plus<TNumber> : IChange
    where TNumber : struct, INumber
{
    public static ulong Of(ulong before, ulong after) => after + (ulong)TNumber.Value;
}

internal struct Times<TNumber> : IChange
    where TNumber : struct, INumber
{
    public static ulong Of(ulong before, ulong after) => after * (ulong)TNumber.Value;
}

internal struct Negated : IChange
{
    public static ulong Of(ulong before, ulong after) => 0 - after;
}

internal struct Complement : IChange
{
    public static ulong Of(ulong before, ulong after) => ~after;
}

internal struct WithoutBit<TNumber> : IChange
    where TNumber : struct, INumber
{
    public static ulong Of(ulong before, ulong after) => after & ~(1UL << (int)TNumber.Value);
}

/// <summary>So many low bits, zero-extended.</summary>
internal struct LowBits<TNumber> : IChange
    where TNumber : struct, INumber
{
    public static ulong Of(ulong before, ulong after) => after & Bits.Below((int)TNumber.Value);
}

/// <summary>So many low bits, sign-extended.</summary>
internal struct SignedBits<TNumber> : IChange
    where TNumber : struct, INumber
{
    public static ulong Of(ulong before, ulong after) =>
        (ulong)((long)(after << (int)(64 - TNumber.Value)) >> (int)(64 - TNumber.Value));
}

/// <summary>The bits above so many stay as they were.</summary>
internal struct KeepsAbove<TNumber> : IChange
    where TNumber : struct, INumber
{
    public static ulong Of(ulong before, ulong after) =>
        (before & ~Bits.Below((int)TNumber.Value)) | (after & Bits.Below((int)TNumber.Value));
}

internal struct UpperOnes : IChange
{
    public static ulong Of(ulong before, ulong after) => after | 0xffffffff00000000;
}

internal struct UpperHalfOnly : IChange
{
    public static ulong Of(ulong before, ulong after) => after & 0xffffffff00000000;
}

internal struct ShiftedDown<TNumber> : IChange
    where TNumber : struct, INumber
{
    public static ulong Of(ulong before, ulong after) => after >> (int)TNumber.Value;
}

internal struct SwappedHalves : IChange
{
    public static ulong Of(ulong before, ulong after) => (after >> 32) | (after << 32);
}

/// <summary>So many low bytes, in the other order.</summary>
internal struct ReversedBytes<TNumber> : IChange
    where TNumber : struct, INumber
{
    public static ulong Of(ulong before, ulong after) =>
        BinaryPrimitives.ReverseEndianness(after) >> (int)(64 - (8 * TNumber.Value));
}

/// <summary>One value is taken for another.</summary>
internal struct Becomes<TFrom, TTo> : IChange
    where TFrom : struct, INumber
    where TTo : struct, INumber
{
    public static ulong Of(ulong before, ulong after) => after == (ulong)TFrom.Value ? (ulong)TTo.Value : after;
}

internal struct Then<TFirst, TSecond> : IChange
    where TFirst : struct, IChange
    where TSecond : struct, IChange
{
    public static ulong Of(ulong before, ulong after) => TSecond.Of(before, TFirst.Of(before, after));
}

/// <summary>Only the low half changes.</summary>
internal struct InLowHalf<TChange> : IChange
    where TChange : struct, IChange
{
    public static ulong Of(ulong before, ulong after) =>
        (after & 0xffffffff00000000) | (uint)TChange.Of((uint)before, (uint)after);
}

/// <summary>The low half is added sign-extended: the upper one loses one where bit 31 is set.</summary>
internal struct LowSigned : IChange
{
    public static ulong Of(ulong before, ulong after) => (after & 0xffffffff00000000) + (ulong)(int)after;
}

internal struct WithoutUpperOnes : IChange
{
    public static ulong Of(ulong before, ulong after) => after >> 32 == uint.MaxValue ? (uint)after : after;
}

/// <summary>The address of a map's value, in the first map.</summary>
internal struct FirstMap : IChange
{
    public static ulong Of(ulong before, ulong after) => Regions.Address(Regions.MapValues, (uint)after);
}

internal static class Bits
{
    /// <summary>Ones in so many low bits.</summary>
    public static ulong Below(int count) => count >= 64 ? ulong.MaxValue : (1UL << count) - 1;
}
