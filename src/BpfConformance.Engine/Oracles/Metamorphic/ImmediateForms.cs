using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Oracles.Metamorphic;

/// <summary>The two forms of arithmetic, jumps and stores: with an immediate, and with the same number in a register (RFC 9669 sections 4 and 5).</summary>
internal static class ImmediateForms
{
    /// <summary>Between the classes ST and STX.</summary>
    private const byte StoreBit = 0x01;

    /// <summary>The form that has the number in a register; <c>null</c>: there is none, or Linux refuses this number, and only this form of it.</summary>
    public static Instruction? InRegister(in Instruction instruction, Register number)
    {
        if (!HasNumber(instruction) || IsNullCheck(instruction) || !IsTaken(InstructionTable.Of(instruction), instruction.Immediate)) return null;
        byte opcode = (byte)(instruction.Opcode ^ (instruction.Class == InstructionClass.St ? StoreBit : Opcodes.SourceRegister));
        Instruction other = instruction with { Opcode = opcode, Registers = (byte)(instruction.Dst | ((int)number << 4)), Immediate = 0 };
        return InstructionTable.Find(other) is not null ? other : null;
    }

    /// <summary>The form that has the number of its source register itself; <c>null</c>: there is none, or Linux refuses it with this number.</summary>
    public static Instruction? OfImmediate(in Instruction instruction, int number)
    {
        if (InstructionTable.Find(instruction) is not { Src.NamesRegister: true } row) return null;
        byte opcode = (byte)(instruction.Opcode ^ (instruction.Class == InstructionClass.Stx ? StoreBit : Opcodes.SourceRegister));
        Instruction other = instruction with { Opcode = opcode, Registers = (byte)instruction.Dst, Immediate = number };
        return HasNumber(other) && !IsNullCheck(other) && IsTaken(row, number) ? other : null;
    }

    private static bool HasNumber(in Instruction instruction) => InstructionTable.Find(instruction) is { Immediate.Kind: FieldRuleKind.Any, Dst.NamesRegister: true, IsWide: false }
        && instruction.Class is InstructionClass.Alu or InstructionClass.Alu64 or InstructionClass.Jmp or InstructionClass.Jmp32 or InstructionClass.St;

    /// <summary>Only in this form it tells Linux that a pointer is none (kernel/bpf/verifier.c, 6.18, check_cond_jmp_op: "detect if R == 0").</summary>
    private static bool IsNullCheck(in Instruction instruction) =>
        instruction is { Class: InstructionClass.Jmp, Immediate: 0 } && InstructionTable.Find(instruction) is { Operation: Operation.Jeq or Operation.Jne };

    /// <summary>Constants show what registers do not (kernel/bpf/verifier.c, 6.18, check_alu_op: "invalid shift", "div by zero").</summary>
    private static bool IsTaken(InstructionDef row, int number) => row.Operation switch
    {
        Operation.Lsh or Operation.Rsh or Operation.Arsh => number >= 0 && number < (int)row.Width,
        Operation.Div or Operation.SDiv or Operation.Mod or Operation.SMod => number != 0,
        _ => true,
    };
}
