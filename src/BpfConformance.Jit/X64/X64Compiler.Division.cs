using System.Numerics;
using BpfConformance.Abi.Instructions;
using static BpfConformance.Jit.X64.X64Register;

namespace BpfConformance.Jit.X64;

/// <summary>
/// Division, which the processor does in rdx:rax and traps where RFC 9669 (section 4.1) has a result: a zero divisor gives zero,
/// or leaves the dividend; the minimum by −1 wraps.
/// </summary>
internal ref partial struct X64Compiler
{
    private void Divide(bool signed, bool remainder, bool wide, X64Register dst, Operand src)
    {
        if (src.IsRegister)
        {
            int done = _layout.NewLabel();
            CheckDivisor(signed, remainder, wide, dst, Of(src.Register), done);
            Divide(signed, remainder, wide, dst, Of(src.Register));
            _layout.Put(done, _code);
        }
        else if (!DivideBySimple(signed, remainder, wide, dst, src.Immediate))
        {
            _code.MoveImmediate(Scratch, wide ? (ulong)src.Immediate : (uint)src.Immediate);
            _code.Store(sizeof(ulong), MachineField.Divisor, Scratch);
            Divide(signed, remainder, wide, dst, divisor: null);
        }
    }

    /// <summary>Leaves the divisors that the processor refuses to code at the side.</summary>
    private void CheckDivisor(bool signed, bool remainder, bool wide, X64Register dst, X64Register divisor, int done)
    {
        SideCodeKind ifZero = remainder ? SideCodeKind.Truncate : SideCodeKind.Zero;
        _code.Test(wide, divisor, divisor);
        _layout.JumpIf(
            ref _code,
            X64Condition.Equal,
            remainder && wide ? done : Side(new SideCode { Kind = ifZero, Dst = dst }, done));
        if (!signed) return;
        _code.Alu(X64Alu.Cmp, wide, divisor, -1);
        SideCodeKind ifMinusOne = remainder ? SideCodeKind.Zero : SideCodeKind.Negate;
        _layout.JumpIf(ref _code, X64Condition.Equal, Side(new SideCode { Kind = ifMinusOne, Dst = dst, IsWide = wide }, done));
    }

    /// <summary>
    /// dst = dst divided by what the processor can divide by, in a register or in the machine's field for it: rax and rdx are kept
    /// in r11 and r9 for those who read them afterwards.
    /// </summary>
    private void Divide(bool signed, bool remainder, bool wide, X64Register dst, X64Register? divisor)
    {
        bool savesRax = dst != Rax && IsReadAfter(1, Register.R0);
        bool savesRdx = dst != Rdx && IsReadAfter(1, Register.R3);
        bool usesHot = savesRdx || divisor == Rdx;
        if (savesRax || divisor == Rax) _code.Move(wide: true, Scratch, Rax);
        if (usesHot) _code.Move(wide: true, Hot, Rdx);
        if (divisor == Rax) divisor = Scratch;
        else if (divisor == Rdx) divisor = Hot;

        if (dst != Rax) _code.Move(wide: true, Rax, dst);
        if (signed) _code.SignExtendAccumulator(wide);
        else _code.MoveImmediate(Rdx, 0);
        X64Unary operation = signed ? X64Unary.IDiv : X64Unary.Div;
        if (divisor is { } register) _code.Unary(operation, wide, register);
        else _code.Unary(operation, wide, MachineField.Divisor);

        X64Register result = remainder ? Rdx : Rax;
        if (dst != result) _code.Move(wide: true, dst, result);
        if (savesRax) _code.Move(wide: true, Rax, Scratch);
        if (savesRdx) _code.Move(wide: true, Rdx, Hot);
        if (usesHot) RestoreHot();
    }

    /// <summary>Divisors that need no division: 0, −1 and, unsigned, powers of two.</summary>
    private bool DivideBySimple(bool signed, bool remainder, bool wide, X64Register dst, int divisor)
    {
        ulong value = wide ? (ulong)divisor : (uint)divisor;
        bool isMinusOne = signed && divisor == -1;
        if (value == 0 ? !remainder : isMinusOne && remainder)
        {
            _code.MoveImmediate(dst, 0);
        }
        else if (value == 0 || (value == 1 && !remainder))
        {
            if (!wide) _code.Move(wide: false, dst, dst);
        }
        else if (isMinusOne)
        {
            _code.Unary(X64Unary.Neg, wide, dst);
        }
        else if (!signed && BitOperations.IsPow2(value))
        {
            if (remainder) _code.Alu(X64Alu.And, wide, dst, (int)(value - 1));
            else _code.Shift(X64Shift.Shr, wide, dst, BitOperations.Log2(value));
        }
        else
        {
            return false;
        }

        return true;
    }
}
