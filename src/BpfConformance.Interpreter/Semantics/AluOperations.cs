using System.Buffers.Binary;

namespace BpfConformance.Interpreter.Semantics;

/// <summary>What an operation makes of a pointer; for sanitised runs only.</summary>
public enum PointerRule
{
    /// <summary>A number that depends on an address.</summary>
    Mixes,

    /// <summary>Pointer plus number is a pointer.</summary>
    Offsets,

    /// <summary>Pointer minus number is a pointer; pointer minus pointer into the same region is a number.</summary>
    Subtracts,

    /// <summary>The result is the source, whatever dst was.</summary>
    Copies,
}

/// <summary>
/// The meaning of one arithmetic operation at both widths (RFC 9669 section 4.1). A 32-bit result is zero-extended
/// by the handler.
/// </summary>
public interface IAluOperation
{
    static abstract uint Apply(uint dst, uint src);

    static abstract ulong Apply(ulong dst, ulong src);

    static virtual PointerRule Pointers => PointerRule.Mixes;
}

public struct Add : IAluOperation
{
    public static PointerRule Pointers => PointerRule.Offsets;

    public static uint Apply(uint dst, uint src) => dst + src;

    public static ulong Apply(ulong dst, ulong src) => dst + src;
}

public struct Sub : IAluOperation
{
    public static PointerRule Pointers => PointerRule.Subtracts;

    public static uint Apply(uint dst, uint src) => dst - src;

    public static ulong Apply(ulong dst, ulong src) => dst - src;
}

public struct Mul : IAluOperation
{
    public static uint Apply(uint dst, uint src) => dst * src;

    public static ulong Apply(ulong dst, ulong src) => dst * src;
}

/// <summary>Division by zero gives zero.</summary>
public struct Div : IAluOperation
{
    public static uint Apply(uint dst, uint src) => src == 0 ? 0 : dst / src;

    public static ulong Apply(ulong dst, ulong src) => src == 0 ? 0 : dst / src;
}

/// <summary>Rounds toward zero. Division by −1 is negation, which wraps for the minimum, where the CPU would trap.</summary>
public struct SDiv : IAluOperation
{
    public static uint Apply(uint dst, uint src) => src switch
    {
        0 => 0,
        uint.MaxValue => 0 - dst,
        _ => (uint)((int)dst / (int)src),
    };

    public static ulong Apply(ulong dst, ulong src) => src switch
    {
        0 => 0,
        ulong.MaxValue => 0 - dst,
        _ => (ulong)((long)dst / (long)src),
    };
}

/// <summary>Modulo zero leaves dst; the 32-bit form still clears its upper half.</summary>
public struct Mod : IAluOperation
{
    public static uint Apply(uint dst, uint src) => src == 0 ? dst : dst % src;

    public static ulong Apply(ulong dst, ulong src) => src == 0 ? dst : dst % src;
}

/// <summary>The remainder has the sign of the dividend. Modulo −1 is zero, where the CPU would trap for the minimum.</summary>
public struct SMod : IAluOperation
{
    public static uint Apply(uint dst, uint src) => src switch
    {
        0 => dst,
        uint.MaxValue => 0,
        _ => (uint)((int)dst % (int)src),
    };

    public static ulong Apply(ulong dst, ulong src) => src switch
    {
        0 => dst,
        ulong.MaxValue => 0,
        _ => (ulong)((long)dst % (long)src),
    };
}

public struct Or : IAluOperation
{
    public static uint Apply(uint dst, uint src) => dst | src;

    public static ulong Apply(ulong dst, ulong src) => dst | src;
}

public struct And : IAluOperation
{
    public static uint Apply(uint dst, uint src) => dst & src;

    public static ulong Apply(ulong dst, ulong src) => dst & src;
}

public struct Xor : IAluOperation
{
    public static uint Apply(uint dst, uint src) => dst ^ src;

    public static ulong Apply(ulong dst, ulong src) => dst ^ src;
}

/// <summary>Shift counts are taken modulo the width, immediates included.</summary>
public struct Lsh : IAluOperation
{
    public static uint Apply(uint dst, uint src) => dst << (int)(src & 31);

    public static ulong Apply(ulong dst, ulong src) => dst << (int)(src & 63);
}

public struct Rsh : IAluOperation
{
    public static uint Apply(uint dst, uint src) => dst >> (int)(src & 31);

    public static ulong Apply(ulong dst, ulong src) => dst >> (int)(src & 63);
}

public struct Arsh : IAluOperation
{
    public static uint Apply(uint dst, uint src) => (uint)((int)dst >> (int)(src & 31));

    public static ulong Apply(ulong dst, ulong src) => (ulong)((long)dst >> (int)(src & 63));
}

/// <summary>Ignores dst.</summary>
public struct Mov : IAluOperation
{
    public static PointerRule Pointers => PointerRule.Copies;

    public static uint Apply(uint dst, uint src) => src;

    public static ulong Apply(ulong dst, ulong src) => src;
}

/// <summary>Ignores src.</summary>
public struct Neg : IAluOperation
{
    public static uint Apply(uint dst, uint src) => 0 - dst;

    public static ulong Apply(ulong dst, ulong src) => 0 - dst;
}

/// <summary>The meaning of an operation with one operand of 64 bits: extensions and byte swaps, which clear what they do not fill.</summary>
public interface IUnaryOperation
{
    static abstract ulong Apply(ulong value);
}

public struct SignExtend8 : IUnaryOperation
{
    public static ulong Apply(ulong value) => (ulong)(sbyte)value;
}

public struct SignExtend16 : IUnaryOperation
{
    public static ulong Apply(ulong value) => (ulong)(short)value;
}

public struct SignExtend32 : IUnaryOperation
{
    public static ulong Apply(ulong value) => (ulong)(int)value;
}

/// <summary>Another operation, its result cut to 32 bits.</summary>
public struct LowHalfOf<TOperation> : IUnaryOperation
    where TOperation : struct, IUnaryOperation
{
    public static ulong Apply(ulong value) => (uint)TOperation.Apply(value);
}

/// <summary>On a little-endian machine, conversion to little endian only truncates (RFC 9669 section 4.2).</summary>
public struct Truncate16 : IUnaryOperation
{
    public static ulong Apply(ulong value) => (ushort)value;
}

public struct Truncate32 : IUnaryOperation
{
    public static ulong Apply(ulong value) => (uint)value;
}

public struct Keep64 : IUnaryOperation
{
    public static ulong Apply(ulong value) => value;
}

public struct Swap16 : IUnaryOperation
{
    public static ulong Apply(ulong value) => BinaryPrimitives.ReverseEndianness((ushort)value);
}

public struct Swap32 : IUnaryOperation
{
    public static ulong Apply(ulong value) => BinaryPrimitives.ReverseEndianness((uint)value);
}

public struct Swap64 : IUnaryOperation
{
    public static ulong Apply(ulong value) => BinaryPrimitives.ReverseEndianness(value);
}
