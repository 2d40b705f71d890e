using BpfConformance.Abi.Instructions;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Arithmetic, moves and byte swaps on numbers, and constants.</summary>
internal static class ArithmeticSteps
{
    /// <summary>Any of the rows.</summary>
    public static bool Any(ProgramDraft draft)
    {
        InstructionDef row = draft.Entropy.Of<InstructionDef>(draft.Rows.Arithmetic);
        switch (row.Operation)
        {
            case Operation.Neg or Operation.ToLittleEndian or Operation.ToBigEndian or Operation.Swap:
                int changed = draft.ChangeableScalar();
                draft.Emit(row, changed);
                draft.State.SetScalar(changed, ScalarRange.Unknown);
                break;
            case Operation.Mov or Operation.MovSx when row.HasSourceRegister:
                Move(draft, row);
                break;
            case Operation.Mov:
                int dst = draft.Target();
                Apply(draft, row, dst, draft.Immediate());
                break;
            default:
                if (row.HasSourceRegister) OfRegisters(draft, row);
                else Apply(draft, row, draft.ChangeableScalar(), ImmediateOf(draft, row));
                break;
        }

        return true;
    }

    /// <summary>A constant of 64 bits.</summary>
    public static bool LoadConstant(ProgramDraft draft)
    {
        if (draft.Rows.LoadConstant is not { } row) return false;
        int dst = draft.Target();
        ulong value = EdgeWords.Any(draft.Entropy.Next());
        draft.Emit(row, dst, immediate: (int)value);
        draft.EmitSecond((int)(value >> 32));
        draft.State.SetScalar(dst, ScalarRange.Constant(value));
        return true;
    }

    private static void Move(ProgramDraft draft, InstructionDef row)
    {
        int src = draft.AnyScalar();
        int dst = draft.Target();
        ScalarRange range = ScalarTransfer.Of(row, ScalarRange.Unknown, draft.State[src].Range);
        draft.Emit(row, dst, src);
        draft.State.Touch(src);
        draft.State.SetScalar(dst, range);
    }

    private static void OfRegisters(ProgramDraft draft, InstructionDef row)
    {
        int dst = draft.ChangeableScalar();
        int src = draft.AnyScalar();
        ScalarRange range = ScalarTransfer.Of(row, draft.State[dst].Range, draft.State[src].Range);
        draft.Emit(row, dst, src);
        draft.State.SetScalar(dst, range);
    }

    private static void Apply(ProgramDraft draft, InstructionDef row, int dst, int immediate)
    {
        ScalarRange second = ScalarRange.Constant(row.Width == OperandWidth.W64 ? (ulong)immediate : (uint)immediate);
        ScalarRange range = ScalarTransfer.Of(row, draft.State[dst].Range, second);
        draft.Emit(row, dst, immediate: immediate);
        draft.State.SetScalar(dst, range);
    }

    /// <summary>kernel/bpf/verifier.c (6.18, check_alu_op) refuses counts that are not below the width, and divisors of 0.</summary>
    private static int ImmediateOf(ProgramDraft draft, InstructionDef row) => row.Operation switch
    {
        Operation.Lsh or Operation.Rsh or Operation.Arsh => draft.Entropy.Below((int)row.Width),
        Operation.Div or Operation.SDiv or Operation.Mod or Operation.SMod => draft.Immediate() is var divisor and not 0 ? divisor : 1,
        _ => draft.Immediate(),
    };
}
