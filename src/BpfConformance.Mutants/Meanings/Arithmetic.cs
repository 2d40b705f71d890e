using System.Numerics;
using BpfConformance.Interpreter.Semantics;

namespace BpfConformance.Mutants.Meanings;

internal struct Swapped<TOperation> : IAluOperation
    where TOperation : struct, IAluOperation
{
    public static uint Apply(uint dst, uint src) => TOperation.Apply(src, dst);

    public static ulong Apply(ulong dst, ulong src) => TOperation.Apply(src, dst);
}

/// <summary>The operands are misread.</summary>
internal struct Operands<TDst, TSrc, TOperation> : IAluOperation
    where TDst : struct, IChange
    where TSrc : struct, IChange
    where TOperation : struct, IAluOperation
{
    public static uint Apply(uint dst, uint src) =>
        TOperation.Apply((uint)TDst.Of(dst, dst), (uint)TSrc.Of(src, src));

    public static ulong Apply(ulong dst, ulong src) => TOperation.Apply(TDst.Of(dst, dst), TSrc.Of(src, src));
}

/// <summary>Each half for itself: what should go from one to the other is lost.</summary>
internal struct Halves<TOperation> : IAluOperation
    where TOperation : struct, IAluOperation
{
    public static uint Apply(uint dst, uint src) =>
        (TOperation.Apply(dst >> 16, src >> 16) << 16) | (ushort)TOperation.Apply((ushort)dst, (ushort)src);

    public static ulong Apply(ulong dst, ulong src) =>
        ((ulong)TOperation.Apply((uint)(dst >> 32), (uint)(src >> 32)) << 32) | TOperation.Apply((uint)dst, (uint)src);
}

/// <summary>A shift whose count is something else, and may reach the width: then all bits are shifted out.</summary>
internal struct Counted<TChange, TShift> : IAluOperation
    where TChange : struct, IChange
    where TShift : struct, IAluOperation
{
    public static uint Apply(uint dst, uint src)
    {
        ulong count = TChange.Of(src, src);
        if (count < 32) return TShift.Apply(dst, (uint)count);
        return typeof(TShift) == typeof(Arsh) ? (uint)((int)dst >> 31) : 0;
    }

    public static ulong Apply(ulong dst, ulong src)
    {
        ulong count = TChange.Of(src, src);
        if (count < 64) return TShift.Apply(dst, count);
        return typeof(TShift) == typeof(Arsh) ? (ulong)((long)dst >> 63) : 0;
    }
}

internal struct RotateLeft : IAluOperation
{
    public static uint Apply(uint dst, uint src) => BitOperations.RotateLeft(dst, (int)src);

    public static ulong Apply(ulong dst, ulong src) => BitOperations.RotateLeft(dst, (int)src);
}

internal struct RotateRight : IAluOperation
{
    public static uint Apply(uint dst, uint src) => BitOperations.RotateRight(dst, (int)src);

    public static ulong Apply(ulong dst, ulong src) => BitOperations.RotateRight(dst, (int)src);
}

internal struct AndNot : IAluOperation
{
    public static uint Apply(uint dst, uint src) => dst & ~src;

    public static ulong Apply(ulong dst, ulong src) => dst & ~src;
}

internal struct Truncate8 : IUnaryOperation
{
    public static ulong Apply(ulong value) => (byte)value;
}

/// <summary>The operand is misread.</summary>
internal struct Operand<TChange, TOperation> : IUnaryOperation
    where TChange : struct, IChange
    where TOperation : struct, IUnaryOperation
{
    public static ulong Apply(ulong value) => TOperation.Apply(TChange.Of(value, value));
}
