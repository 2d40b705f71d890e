using BpfConformance.Abi.Instructions;

namespace BpfConformance.SeededBugs.Defects;

// Defects of any compiler: an instruction is compiled as if others stood there. Names say what is wrong; the bugs are in Bugs/bugs.tsv.

/// <summary>I01, X08: 32-bit results are sign-extended.</summary>
internal readonly struct SignExtends<TOperations, TCompiler> : IDefect<TCompiler>
    where TOperations : IOperations
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Alu(ref TCompiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        sound.Alu(operation, width, dst, src);
        if (width == OperandWidth.W32 && TOperations.Has(operation)) sound.MoveSignExtend(OperandWidth.W64, 32, dst, dst);
    }
}

/// <summary>I07: a 32-bit move of an immediate moves its 64-bit sign extension.</summary>
internal readonly struct MovesExtendedImmediate<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Alu(ref TCompiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src) =>
        sound.Alu(operation, operation == AluOperation.Mov && !src.IsRegister ? OperandWidth.W64 : width, dst, src);
}

/// <summary>X07: a 32-bit move of a register moves all of it.</summary>
internal readonly struct MovesWholeRegister<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Alu(ref TCompiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src) =>
        sound.Alu(operation, operation == AluOperation.Mov && src.IsRegister ? OperandWidth.W64 : width, dst, src);
}

/// <summary>I05: logical shifts of 32 bits are those of 64 bits, cut.</summary>
internal readonly struct ShiftsIn64Bits<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Alu(ref TCompiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        if (width == OperandWidth.W64 || operation is not (AluOperation.Lsh or AluOperation.Rsh))
        {
            sound.Alu(operation, width, dst, src);
            return;
        }

        var itself = new Operand(IsRegister: true, dst, 0);
        sound.Alu(AluOperation.Mov, OperandWidth.W32, dst, itself);
        sound.Alu(operation, OperandWidth.W64, dst, src);
        sound.Alu(AluOperation.Mov, OperandWidth.W32, dst, itself);
    }
}

/// <summary>I09: the low word of a wide instruction is sign-extended before the high one is joined to it: only its sign is left of that.</summary>
internal readonly struct SignExtendsLowWord<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void LoadImm64(ref TCompiler sound, LoadImm64Source source, Register dst, int immediate, int nextImmediate)
    {
        if (source == LoadImm64Source.Immediate && immediate < 0) sound.Alu(AluOperation.Mov, OperandWidth.W64, dst, new Operand(IsRegister: false, default, immediate));
        else sound.LoadImm64(source, dst, immediate, nextImmediate);
    }
}

/// <summary>X14: what needs 32 bits without a sign is moved with one.</summary>
internal readonly struct MovesUnsignedAsSigned<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void LoadImm64(ref TCompiler sound, LoadImm64Source source, Register dst, int immediate, int nextImmediate)
    {
        bool isUnsigned = source == LoadImm64Source.Immediate && nextImmediate == 0 && immediate < 0;
        if (isUnsigned) sound.Alu(AluOperation.Mov, OperandWidth.W64, dst, new Operand(IsRegister: false, default, immediate));
        else sound.LoadImm64(source, dst, immediate, nextImmediate);
    }
}

/// <summary>X02: a multiplication by the immediate 0 is one by the register itself.</summary>
internal readonly struct SquaresForZero<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Alu(ref TCompiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        bool isByZero = operation == AluOperation.Mul && src is { IsRegister: false, Immediate: 0 };
        sound.Alu(operation, width, dst, isByZero ? new Operand(IsRegister: true, dst, 0) : src);
    }
}

/// <summary>X05: the register that the processor's rcx holds is lost to the second operand of multiplications, divisions and shifts.</summary>
internal readonly struct LosesRcx<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    private const Register InRcx = Register.R4;

    public static void Alu(ref TCompiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        bool needsRcx = operation is AluOperation.Mul or AluOperation.Div or AluOperation.SDiv or AluOperation.Mod or AluOperation.SMod
            or AluOperation.Lsh or AluOperation.Rsh or AluOperation.Arsh;
        if (needsRcx && dst != InRcx) sound.Alu(AluOperation.Mov, OperandWidth.W64, InRcx, src);
        sound.Alu(operation, width, dst, src);
    }
}

/// <summary>X18: a bounds check leaves the address in the register that it computes with, and that holds r4.</summary>
internal readonly struct ChecksInR4<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Load(ref TCompiler sound, MemorySize size, bool signExtend, Register dst, Register address, short offset)
    {
        if (address != Register.R10) sound.Alu(AluOperation.Mov, OperandWidth.W64, Register.R4, new Operand(IsRegister: true, address, 0));
        sound.Load(size, signExtend, dst, address, offset);
    }
}

/// <summary>A02: JSET of 32 bits looks at 64.</summary>
internal readonly struct TestsUpperBits<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void JumpIf(ref TCompiler sound, JumpCondition condition, OperandWidth width, Register dst, Operand src, int target) =>
        sound.JumpIf(condition, condition == JumpCondition.Jset ? OperandWidth.W64 : width, dst, src, target);
}

/// <summary>A02: JSET leaves in dst what it tested.</summary>
internal readonly struct TestsInPlace<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void JumpIf(ref TCompiler sound, JumpCondition condition, OperandWidth width, Register dst, Operand src, int target)
    {
        if (condition == JumpCondition.Jset)
        {
            sound.Alu(AluOperation.And, width, dst, src);
            (condition, src) = (JumpCondition.Jne, new Operand(IsRegister: false, default, 0));
        }

        sound.JumpIf(condition, width, dst, src, target);
    }
}

/// <summary>A10, A11: the subtraction of an immediate is the addition of its negation, which the minimum has not.</summary>
internal readonly struct AddsNegated<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Alu(ref TCompiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        bool isNegated = operation == AluOperation.Sub && width == OperandWidth.W64 && !src.IsRegister;
        if (isNegated) sound.Alu(AluOperation.Add, width, dst, src with { Immediate = unchecked(-src.Immediate) });
        else sound.Alu(operation, width, dst, src);
    }
}

/// <summary>A14: the upper half is cleared after every byte swap, of 64 bits, too.</summary>
internal readonly struct ClearsAfterSwap<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void ByteSwap(ref TCompiler sound, ByteSwapOperation operation, int bits, Register dst)
    {
        sound.ByteSwap(operation, bits, dst);
        sound.Alu(AluOperation.Mov, OperandWidth.W32, dst, new Operand(IsRegister: true, dst, 0));
    }
}

/// <summary>A15: NEG reads the register of the source field, which is r0 where the field is as it should be.</summary>
internal readonly struct NegatesSource<TCompiler> : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Alu(ref TCompiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        if (operation == AluOperation.Neg) sound.Alu(AluOperation.Mov, width, dst, new Operand(IsRegister: true, Register.R0, 0));
        sound.Alu(operation, width, dst, src);
    }
}

/// <summary>Some operations, as a type.</summary>
internal interface IOperations
{
    static abstract bool Has(AluOperation operation);
}

internal readonly struct AddSubMul : IOperations
{
    public static bool Has(AluOperation operation) => operation is AluOperation.Add or AluOperation.Sub or AluOperation.Mul;
}

internal readonly struct MulSDiv : IOperations
{
    public static bool Has(AluOperation operation) => operation is AluOperation.Mul or AluOperation.SDiv;
}

/// <summary>A08: those of which the two halves are computed apart.</summary>
internal readonly struct AddSubNegShift : IOperations
{
    public static bool Has(AluOperation operation) =>
        operation is AluOperation.Add or AluOperation.Sub or AluOperation.Neg or AluOperation.Lsh or AluOperation.Rsh or AluOperation.Arsh;
}
