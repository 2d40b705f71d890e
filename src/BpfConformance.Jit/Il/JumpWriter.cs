using System.Diagnostics;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.Il;

/// <summary>Jumps within a function (RFC 9669 section 4.3).</summary>
internal static class JumpWriter
{
    public static void JumpIf(
        MethodWriter w, JumpCondition condition, OperandWidth width, Register dst, Operand src, Label target)
    {
        w.Push(dst, width);
        w.Push(src, width);
        if (condition == JumpCondition.Jset)
        {
            w.Il.Emit(OpCodes.And);
            w.Il.Emit(OpCodes.Brtrue, target);
            return;
        }

        w.Il.Emit(BranchOf(condition), target);
    }

    /// <summary>Goes on until the frame's count is used up, then jumps (kernel/bpf/verifier.c, 6.18).</summary>
    public static void MayGoto(MethodWriter w, LocalBuilder count, Label target)
    {
        w.Il.Emit(OpCodes.Ldloc, count);
        w.Push(1L);
        w.Il.Emit(OpCodes.Sub);
        w.Il.Emit(OpCodes.Stloc, count);
        w.Il.Emit(OpCodes.Ldloc, count);
        w.Push(0L);
        w.Il.Emit(OpCodes.Blt, target);
    }

    private static OpCode BranchOf(JumpCondition condition) => condition switch
    {
        JumpCondition.Jeq => OpCodes.Beq,
        JumpCondition.Jne => OpCodes.Bne_Un,
        JumpCondition.Jgt => OpCodes.Bgt_Un,
        JumpCondition.Jge => OpCodes.Bge_Un,
        JumpCondition.Jlt => OpCodes.Blt_Un,
        JumpCondition.Jle => OpCodes.Ble_Un,
        JumpCondition.Jsgt => OpCodes.Bgt,
        JumpCondition.Jsge => OpCodes.Bge,
        JumpCondition.Jslt => OpCodes.Blt,
        JumpCondition.Jsle => OpCodes.Ble,
        JumpCondition.Jset => throw new UnreachableException("JSET is no comparison"),
    };
}
