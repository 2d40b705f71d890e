using BpfConformance.Abi.Instructions;
using static BpfConformance.Jit.X64.X64Register;

namespace BpfConformance.Jit.X64;

/// <summary>Arithmetic, moves and byte swaps. Instructions of 32 bits clear the upper half here as there.</summary>
internal ref partial struct X64Compiler
{
    /// <summary>By <see cref="AluOperation"/>: those that the processor has in one encoding. A switch for each instruction would be guessed wrong as often as not.</summary>
    private static readonly X64Alu?[] s_combinations = [.. Enum.GetValues<AluOperation>().Select(CombinationOf)];

    public void Alu(AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        bool wide = width == OperandWidth.W64;
        switch (operation)
        {
            case AluOperation.Add or AluOperation.Sub or AluOperation.Or or AluOperation.And or AluOperation.Xor:
                Alu(s_combinations[(int)operation]!.Value, wide, Of(dst), src);
                break;
            case AluOperation.Mul: Multiply(wide, Of(dst), src); break;
            case AluOperation.Div: Divide(signed: false, remainder: false, wide, Of(dst), src); break;
            case AluOperation.SDiv: Divide(signed: true, remainder: false, wide, Of(dst), src); break;
            case AluOperation.Mod: Divide(signed: false, remainder: true, wide, Of(dst), src); break;
            case AluOperation.SMod: Divide(signed: true, remainder: true, wide, Of(dst), src); break;
            case AluOperation.Lsh: Shift(X64Shift.Shl, wide, Of(dst), src); break;
            case AluOperation.Rsh: Shift(X64Shift.Shr, wide, Of(dst), src); break;
            case AluOperation.Arsh: Shift(X64Shift.Sar, wide, Of(dst), src); break;
            case AluOperation.Neg: _code.Unary(X64Unary.Neg, wide, Of(dst)); break;
            case AluOperation.Mov: Move(wide, Of(dst), src); break;
        }
    }

    private static X64Alu? CombinationOf(AluOperation operation) => operation switch
    {
        AluOperation.Add => X64Alu.Add,
        AluOperation.Sub => X64Alu.Sub,
        AluOperation.Or => X64Alu.Or,
        AluOperation.And => X64Alu.And,
        AluOperation.Xor => X64Alu.Xor,
        AluOperation.Mul or AluOperation.Div or AluOperation.SDiv or AluOperation.Mod or AluOperation.SMod or AluOperation.Lsh or AluOperation.Rsh
            or AluOperation.Neg or AluOperation.Mov or AluOperation.Arsh => null,
    };

    public void MoveSignExtend(OperandWidth width, int sourceBits, Register dst, Register src) =>
        _code.Extend(signed: true, width == OperandWidth.W64, sourceBits, Of(dst), Of(src));

    public void ByteSwap(ByteSwapOperation operation, int bits, Register dst)
    {
        if (operation == ByteSwapOperation.ToLittleEndian)
        {
            if (bits < 64) _code.Extend(signed: false, wide: false, bits, Of(dst), Of(dst));
        }
        else if (bits == 16)
        {
            _code.SwapLowBytes(Of(dst));
            _code.Extend(signed: false, wide: false, bits, Of(dst), Of(dst));
        }
        else
        {
            _code.ByteSwap(bits == 64, Of(dst));
        }
    }

    public void LoadImm64(LoadImm64Source source, Register dst, int immediate, int nextImmediate) =>
        _code.MoveImmediate(Of(dst), Runtime.Execution.ProgramBinder.ImmediateOf(_program, _pc, _memory));

    public readonly void AddressSpaceCast(Register dst, Register src, int spaces) =>
        throw new System.Diagnostics.UnreachableException("the binder knows no arenas");

    private void Alu(X64Alu operation, bool wide, X64Register dst, Operand src) =>
        _code.Alu(operation, wide, dst, src.IsRegister, Of(src.Register), src.Immediate);

    private void Multiply(bool wide, X64Register dst, Operand src)
    {
        if (src.IsRegister) _code.Multiply(wide, dst, Of(src.Register));
        else _code.Multiply(wide, dst, dst, src.Immediate);
    }

    private void Move(bool wide, X64Register dst, Operand src)
    {
        if (src.IsRegister) _code.Move(wide, dst, Of(src.Register));
        else _code.MoveImmediate(dst, wide ? (ulong)src.Immediate : (uint)src.Immediate);
    }

    /// <summary>Counts are taken modulo the width (RFC 9669 section 4.1), as the processor does.</summary>
    private void Shift(X64Shift operation, bool wide, X64Register dst, Operand src)
    {
        if (!src.IsRegister)
        {
            int count = src.Immediate & (wide ? 63 : 31);
            if (count != 0) _code.Shift(operation, wide, dst, count);
            else if (!wide) _code.Move(wide: false, dst, dst);
        }
        else if (_hasShifts)
        {
            _code.ShiftBy(operation, wide, dst, dst, Of(src.Register));
        }
        else
        {
            ShiftByCl(operation, wide, dst, Of(src.Register));
        }
    }

    /// <summary>Without BMI2 the count must be in cl.</summary>
    private void ShiftByCl(X64Shift operation, bool wide, X64Register dst, X64Register count)
    {
        X64Register target = dst == Rcx ? Scratch : dst;
        if (count != Rcx || dst == Rcx) _code.Move(wide: true, Scratch, Rcx);
        if (count != Rcx) _code.Move(wide: true, Rcx, count);
        _code.ShiftByCl(operation, wide, target);
        if (!wide) _code.Move(wide: false, target, target); // a count of zero need not write
        if (count != Rcx || dst == Rcx) _code.Move(wide: true, Rcx, Scratch);
    }
}
