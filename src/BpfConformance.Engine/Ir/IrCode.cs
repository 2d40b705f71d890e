using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Ir;

/// <summary>Instructions that are put into programs, and what those that stand there do with registers.</summary>
public static class IrCode
{
    public static IrInstruction Exit { get; } = new(new Instruction(Opcodes.Exit, 0, 0, 0));

    public static IrInstruction Move(Register dst, int immediate) => new(new Instruction(Opcodes.MoveImmediate64, dst, default, 0, immediate));

    public static IrInstruction Move(Register dst, Register src) => new(new Instruction(Opcodes.MoveRegister64, dst, src, 0, 0));

    public static IrInstruction GoTo(int target) => new(new Instruction(Opcodes.Ja, 0, 0, 0), Target: target);

    /// <summary>The register that an instruction leaves its result in; <c>null</c>: it has none, or is no instruction.</summary>
    public static Register? Result(this in IrInstruction instruction) => instruction.Row is { } row ? Result(instruction.First, row) : null;

    /// <summary>Whether it jumps on a condition.</summary>
    public static bool IsConditional(this in IrInstruction instruction) =>
        JumpTargets.IsJump(instruction.First) && !JumpTargets.EndsBlock(instruction.First);

    private static Register? Result(Instruction first, InstructionDef row) => row.Operation switch
    {
        Operation.Add or Operation.Sub or Operation.Mul or Operation.Div or Operation.SDiv or Operation.Or or Operation.And or Operation.Lsh or Operation.Rsh
            or Operation.Neg or Operation.Mod or Operation.SMod or Operation.Xor or Operation.Mov or Operation.MovSx or Operation.Arsh
            or Operation.ToLittleEndian or Operation.ToBigEndian or Operation.Swap
            or Operation.Load or Operation.LoadSigned or Operation.LoadAcquire or Operation.LoadImm64 or Operation.AddressSpaceCast => (Register)first.Dst,
        Operation.AtomicAdd or Operation.AtomicOr or Operation.AtomicAnd or Operation.AtomicXor or Operation.AtomicXchg =>
            row.IsFetch ? (Register)first.Src : null,
        Operation.AtomicCmpxchg or Operation.CallHelper or Operation.CallLocal or Operation.CallKernel or Operation.CallRegister
            or Operation.LegacyAbsolute or Operation.LegacyIndirect => Register.R0,
        Operation.Ja or Operation.Jeq or Operation.Jgt or Operation.Jge or Operation.Jset or Operation.Jne or Operation.Jsgt or Operation.Jsge or Operation.Jlt
            or Operation.Jle or Operation.Jslt or Operation.Jsle or Operation.Exit or Operation.StoreImmediate or Operation.Store or Operation.StoreRelease
            or Operation.MayGoto => null,
    };
}
