using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Jit.Il;

namespace BpfConformance.SeededBugs.Defects;

// Defects of the compiler to IL.

/// <summary>I02: unsigned comparisons zero-extend their immediate.</summary>
internal readonly struct ZeroExtendsImmediateIl : IDefect<FunctionWriter>
{
    public static void JumpIf(ref FunctionWriter sound, JumpCondition condition, OperandWidth width, Register dst, Operand src, int target)
    {
        if (!Unsigned.Takes(condition, width, src))
        {
            sound.JumpIf(condition, width, dst, src, target);
            return;
        }

        sound.Method.Push(dst);
        sound.Method.Push((long)(uint)src.Immediate);
        OpCode branch = condition switch
        {
            JumpCondition.Jgt => OpCodes.Bgt_Un,
            JumpCondition.Jge => OpCodes.Bge_Un,
            JumpCondition.Jlt => OpCodes.Blt_Un,
            _ => OpCodes.Ble_Un,
        };
        sound.Method.Il.Emit(branch, sound.ConditionTarget(target));
    }
}

/// <summary>A03: of equal high words, the low ones are compared as signed, too: that is, with their highest bit turned.</summary>
internal readonly struct ComparesLowWordsSignedIl : IDefect<FunctionWriter>
{
    private const long SignOfLow = 1L << 31;

    public static void JumpIf(ref FunctionWriter sound, JumpCondition condition, OperandWidth width, Register dst, Operand src, int target)
    {
        OpCode? branch = condition switch
        {
            JumpCondition.Jsgt => OpCodes.Bgt,
            JumpCondition.Jsge => OpCodes.Bge,
            JumpCondition.Jslt => OpCodes.Blt,
            JumpCondition.Jsle => OpCodes.Ble,
            _ => null,
        };
        if (width == OperandWidth.W32 || branch is null)
        {
            sound.JumpIf(condition, width, dst, src, target);
            return;
        }

        MethodWriter method = sound.Method;
        method.Push(dst);
        method.Push(SignOfLow);
        method.Il.Emit(OpCodes.Xor);
        method.Push(src, width);
        method.Push(SignOfLow);
        method.Il.Emit(OpCodes.Xor);
        method.Il.Emit(branch.Value, sound.ConditionTarget(target));
    }
}

/// <summary>I03: a 32-bit division asks all of the divisor whether it is zero.</summary>
internal readonly struct TestsWholeDivisorIl : IDefect<FunctionWriter>
{
    public static void Alu(ref FunctionWriter sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        if (operation != AluOperation.Div || width == OperandWidth.W64 || !src.IsRegister) sound.Alu(operation, width, dst, src);
        else Guarded.Divide(sound, operation, width, dst, src, OpCodes.Div_Un, tested: OperandWidth.W64);
    }
}

/// <summary>I11: the divisor −1 is left to IL, which throws for the minimum.</summary>
internal readonly struct DividesByMinusOneIl : IDefect<FunctionWriter>
{
    public static void Alu(ref FunctionWriter sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        if (operation is not (AluOperation.SDiv or AluOperation.SMod) || !src.IsRegister) sound.Alu(operation, width, dst, src);
        else Guarded.Divide(sound, operation, width, dst, src, operation == AluOperation.SDiv ? OpCodes.Div : OpCodes.Rem, tested: width);
    }
}

/// <summary>A division whose divisor is only looked at for zero.</summary>
internal static class Guarded
{
    public static void Divide(
        FunctionWriter sound, AluOperation operation, OperandWidth width, Register dst, Operand src, OpCode division, OperandWidth tested)
    {
        MethodWriter method = sound.Method;
        (Label isZero, Label done) = (method.Il.DefineLabel(), method.Il.DefineLabel());
        method.Push(src.Register, tested);
        method.Il.Emit(OpCodes.Brfalse, isZero);
        method.Push(dst, width);
        method.Push(src, width);
        method.Il.Emit(division);
        method.Pop(dst, width);
        method.Il.Emit(OpCodes.Br, done);
        method.Il.MarkLabel(isZero);
        sound.Alu(operation, width, dst, src);
        method.Il.MarkLabel(done);
    }
}

/// <summary>I06: arithmetic shifts by the width or more leave only the sign.</summary>
internal readonly struct ShiftsAllOutIl : IDefect<FunctionWriter>
{
    public static void Alu(ref FunctionWriter sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        var last = new Operand(IsRegister: false, default, (int)width - 1);
        if (operation != AluOperation.Arsh || !src.IsRegister)
        {
            bool isLong = operation == AluOperation.Arsh && (uint)src.Immediate > (uint)last.Immediate;
            sound.Alu(operation, width, dst, isLong ? last : src);
            return;
        }

        MethodWriter method = sound.Method;
        (Label isLonger, Label done) = (method.Il.DefineLabel(), method.Il.DefineLabel());
        method.PushLow(src.Register);
        method.Push(last.Immediate);
        method.Il.Emit(OpCodes.Bgt_Un, isLonger);
        sound.Alu(operation, width, dst, src);
        method.Il.Emit(OpCodes.Br, done);
        method.Il.MarkLabel(isLonger);
        sound.Alu(operation, width, dst, last);
        method.Il.MarkLabel(done);
    }
}

/// <summary>I08: CMPXCHG leaves in r0 whether it stored.</summary>
internal readonly struct AnswersSuccessIl : IDefect<FunctionWriter>
{
    public static void Atomic(ref FunctionWriter sound, AtomicOperation operation, bool fetch, MemorySize size, Register address, short offset, Register src)
    {
        MethodWriter method = sound.Method;
        LocalBuilder expected = method.Il.DeclareLocal(typeof(ulong));
        OperandWidth width = size == MemorySize.Double ? OperandWidth.W64 : OperandWidth.W32;
        method.Push(Register.R0);
        method.Il.Emit(OpCodes.Stloc, expected);
        sound.Atomic(operation, fetch, size, address, offset, src);
        if (operation != AtomicOperation.Cmpxchg) return;
        method.Push(Register.R0, width);
        method.Il.Emit(OpCodes.Ldloc, expected);
        if (width == OperandWidth.W32) method.Il.Emit(OpCodes.Conv_U4);
        method.Il.Emit(OpCodes.Ceq);
        method.Pop(Register.R0, OperandWidth.W32);
    }
}

/// <summary>I14: the end of what is loaded is computed in 64 bits, and where that wraps, the load counts as inside.</summary>
internal readonly struct WrapsBoundIl : IDefect<FunctionWriter>
{
    public static void Load(ref FunctionWriter sound, MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        if (size == MemorySize.Byte)
        {
            sound.Load(size, signExtend, dst, address, offset);
            return;
        }

        MethodWriter method = sound.Method;
        (Label isSound, Label done) = (method.Il.DefineLabel(), method.Il.DefineLabel());
        method.PushAddress(address, offset);
        method.Push(1L - (int)size);
        method.Il.Emit(OpCodes.Blt_Un, isSound);
        method.PushAddress(address, offset);
        method.Il.Emit(OpCodes.Ldind_U1);
        method.Pop(dst, OperandWidth.W32);
        method.Il.Emit(OpCodes.Br, done);
        method.Il.MarkLabel(isSound);
        sound.Load(size, signExtend, dst, address, offset);
        method.Il.MarkLabel(done);
    }
}

/// <summary>A01: two words shifted by 0 mix.</summary>
internal readonly struct MixesWordsIl : IDefect<FunctionWriter>
{
    private const int CountBits = 63;

    public static void Alu(ref FunctionWriter sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        bool isShift = operation is AluOperation.Lsh or AluOperation.Rsh or AluOperation.Arsh;
        if (!isShift || width == OperandWidth.W32 || (!src.IsRegister && (src.Immediate & CountBits) != 0))
        {
            sound.Alu(operation, width, dst, src);
            return;
        }

        MethodWriter method = sound.Method;
        (Label shifts, Label done) = (method.Il.DefineLabel(), method.Il.DefineLabel());
        if (src.IsRegister)
        {
            method.PushLow(src.Register);
            method.Push(CountBits);
            method.Il.Emit(OpCodes.And);
            method.Il.Emit(OpCodes.Brtrue, shifts);
        }

        method.Push(dst);
        method.Push(dst);
        method.Push((int)OperandWidth.W32);
        method.Il.Emit(operation == AluOperation.Lsh ? OpCodes.Shl : OpCodes.Shr_Un);
        method.Il.Emit(OpCodes.Or);
        method.Pop(dst);
        method.Il.Emit(OpCodes.Br, done);
        method.Il.MarkLabel(shifts);
        sound.Alu(operation, width, dst, src);
        method.Il.MarkLabel(done);
    }
}

/// <summary>A08: 32-bit results keep the upper half.</summary>
internal readonly struct KeepsUpperHalfIl : IDefect<FunctionWriter>
{
    private const long UpperHalf = -1L << 32;

    public static void Alu(ref FunctionWriter sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        if (width == OperandWidth.W64 || !AddSubNegShift.Has(operation))
        {
            sound.Alu(operation, width, dst, src);
            return;
        }

        MethodWriter method = sound.Method;
        LocalBuilder before = method.Il.DeclareLocal(typeof(ulong));
        method.Push(dst);
        method.Il.Emit(OpCodes.Stloc, before);
        sound.Alu(operation, width, dst, src);
        method.Il.Emit(OpCodes.Ldloc, before);
        method.Push(UpperHalf);
        method.Il.Emit(OpCodes.And);
        method.Push(dst);
        method.Il.Emit(OpCodes.Or);
        method.Pop(dst);
    }
}
