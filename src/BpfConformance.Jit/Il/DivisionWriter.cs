using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.Il;

/// <summary>
/// Division and modulo (RFC 9669 section 4.1). By zero, a quotient is 0 and a remainder the dividend; IL throws there, and
/// where the signed minimum is divided by −1, so those divisors never reach its division.
/// </summary>
internal static class DivisionWriter
{
    /// <summary>Leaves the result on IL's stack, at the operation's width.</summary>
    public static void Write(MethodWriter w, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        bool isSigned = operation is AluOperation.SDiv or AluOperation.SMod;
        if (src.IsRegister)
        {
            WriteByRegister(w, operation, isSigned, width, dst, src);
        }
        else if (src.Immediate == 0 || (isSigned && src.Immediate == -1))
        {
            WriteSpecial(w, operation, width, dst, src);
        }
        else
        {
            w.Push(dst, width);
            w.Push(src, width);
            w.Il.Emit(OpCodeOf(operation));
        }
    }

    private static void WriteByRegister(
        MethodWriter w, AluOperation operation, bool isSigned, OperandWidth width, Register dst, Operand src)
    {
        Label special = w.Il.DefineLabel();
        Label done = w.Il.DefineLabel();

        // A local of its own, which is used twice: RyuJIT (10.0) reads a 64-bit local that feeds a 32-bit division as 32 bits,
        // and where it then moves the local out of the registers that a division needs, the upper half is lost.
        LocalBuilder divisor = w.Divisor(width);
        w.Push(src, width);
        w.Il.Emit(OpCodes.Stloc, divisor);
        w.Il.Emit(OpCodes.Ldloc, divisor);
        if (isSigned)
        {
            // Zero and −1 at once: plus one, they are at most one.
            PushOne(w, width);
            w.Il.Emit(OpCodes.Add);
            PushOne(w, width);
            w.Il.Emit(OpCodes.Ble_Un, special);
        }
        else
        {
            w.Il.Emit(OpCodes.Brfalse, special);
        }

        w.Push(dst, width);
        w.Il.Emit(OpCodes.Ldloc, divisor);
        w.Il.Emit(OpCodeOf(operation));
        w.Il.Emit(OpCodes.Br, done);
        w.Il.MarkLabel(special);
        WriteSpecial(w, operation, width, dst, src);
        w.Il.MarkLabel(done);
    }

    /// <summary>
    /// What division by zero gives, and for the signed operations division by −1: a quotient is dst · src, that is 0 or
    /// −dst, which wraps for the minimum; a signed remainder is dst &amp; ~src, that is dst or 0.
    /// </summary>
    private static void WriteSpecial(MethodWriter w, AluOperation operation, OperandWidth width, Register dst, Operand src)
    {
        if (operation is AluOperation.Div)
        {
            w.Push(0);
            if (width == OperandWidth.W64) w.Il.Emit(OpCodes.Conv_U8);
            return;
        }

        w.Push(dst, width);
        if (operation is AluOperation.Mod) return;
        w.Push(src, width);
        if (operation is AluOperation.SMod) w.Il.Emit(OpCodes.Not);
        w.Il.Emit(operation is AluOperation.SDiv ? OpCodes.Mul : OpCodes.And);
    }

    private static void PushOne(MethodWriter w, OperandWidth width)
    {
        if (width == OperandWidth.W64) w.Push(1L);
        else w.Push(1);
    }

    private static OpCode OpCodeOf(AluOperation operation) => operation switch
    {
        AluOperation.Div => OpCodes.Div_Un,
        AluOperation.SDiv => OpCodes.Div,
        AluOperation.Mod => OpCodes.Rem_Un,
        AluOperation.SMod => OpCodes.Rem,
        AluOperation.Add or AluOperation.Sub or AluOperation.Mul or AluOperation.Or or AluOperation.And
            or AluOperation.Lsh or AluOperation.Rsh or AluOperation.Neg or AluOperation.Xor or AluOperation.Mov
            or AluOperation.Arsh => throw new System.Diagnostics.UnreachableException($"{operation} is no division"),
    };
}
