using System.Buffers.Binary;
using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.Il;

/// <summary>Arithmetic, moves and byte swaps (RFC 9669 sections 4.1 and 4.2).</summary>
internal static class AluWriter
{
    private static readonly MethodInfo s_swap16 = Swap(typeof(ushort));
    private static readonly MethodInfo s_swap32 = Swap(typeof(uint));
    private static readonly MethodInfo s_swap64 = Swap(typeof(ulong));

    public static void Write(MethodWriter w, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        switch (operation)
        {
            case AluOperation.Mov:
                w.Push(src, width);
                break;
            case AluOperation.Neg:
                w.Push(dst, width);
                w.Il.Emit(OpCodes.Neg);
                break;
            case AluOperation.Div or AluOperation.SDiv or AluOperation.Mod or AluOperation.SMod:
                DivisionWriter.Write(w, operation, width, dst, src);
                break;
            case AluOperation.Lsh or AluOperation.Rsh or AluOperation.Arsh:
                w.Push(dst, width);
                PushCount(w, src, width);
                w.Il.Emit(OpCodeOf(operation));
                break;
            default:
                w.Push(dst, width);
                w.Push(src, width);
                w.Il.Emit(OpCodeOf(operation));
                break;
        }

        Pointer? other = src.IsRegister ? w.Pointers[src.Register] : null;
        Pointer? pointer = width == OperandWidth.W64 ? Pointer.After(operation, w.Pointers[dst], src, other) : null;
        w.Pop(dst, width);
        w.Pointers[dst] = pointer;
    }

    public static void MoveSignExtend(MethodWriter w, OperandWidth width, int sourceBits, Register dst, Register src)
    {
        w.Push(src);
        w.Il.Emit(sourceBits switch
        {
            8 => OpCodes.Conv_I1,
            16 => OpCodes.Conv_I2,
            32 => OpCodes.Conv_I4,
            _ => throw new UnreachableException($"a move of {sourceBits} bits"),
        });
        if (width == OperandWidth.W64) w.Il.Emit(OpCodes.Conv_I8);
        w.Pop(dst, width);
    }

    public static void ByteSwap(MethodWriter w, ByteSwapOperation operation, int bits, Register dst)
    {
        bool isSwapped = operation switch
        {
            ByteSwapOperation.Swap => true,
            ByteSwapOperation.ToBigEndian => BitConverter.IsLittleEndian,
            ByteSwapOperation.ToLittleEndian => !BitConverter.IsLittleEndian,
        };
        (OpCode narrow, MethodInfo swap) = bits switch
        {
            16 => (OpCodes.Conv_U2, s_swap16),
            32 => (OpCodes.Conv_U4, s_swap32),
            64 => (OpCodes.Nop, s_swap64),
            _ => throw new UnreachableException($"a swap of {bits} bits"),
        };
        w.Push(dst);
        if (bits < 64) w.Il.Emit(narrow);
        if (isSwapped) w.Il.Emit(OpCodes.Call, swap);
        if (bits < 64) w.Il.Emit(OpCodes.Conv_U8);
        w.Pop(dst);
    }

    /// <summary>IL leaves shifts by the width or more undefined; BPF takes the count modulo the width.</summary>
    private static void PushCount(MethodWriter w, Operand src, OperandWidth width)
    {
        int mask = (int)width - 1;
        if (!src.IsRegister)
        {
            w.Push(src.Immediate & mask);
            return;
        }

        w.PushLow(src.Register);
        w.Push(mask);
        w.Il.Emit(OpCodes.And);
    }

    private static OpCode OpCodeOf(AluOperation operation) => operation switch
    {
        AluOperation.Add => OpCodes.Add,
        AluOperation.Sub => OpCodes.Sub,
        AluOperation.Mul => OpCodes.Mul,
        AluOperation.Or => OpCodes.Or,
        AluOperation.And => OpCodes.And,
        AluOperation.Xor => OpCodes.Xor,
        AluOperation.Lsh => OpCodes.Shl,
        AluOperation.Rsh => OpCodes.Shr_Un,
        AluOperation.Arsh => OpCodes.Shr,
        AluOperation.Div or AluOperation.SDiv or AluOperation.Mod or AluOperation.SMod or AluOperation.Neg or AluOperation.Mov =>
            throw new UnreachableException($"{operation} is more than one IL instruction"),
    };

    private static MethodInfo Swap(Type type) =>
        typeof(BinaryPrimitives).GetMethod(nameof(BinaryPrimitives.ReverseEndianness), [type])!; // there is one for each width
}
