using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Puts plainer instructions in the place of others, from the end on: what comes later needs what comes before.</summary>
public sealed class SimplerPass : IrPass
{
    public override string Name => "instructions";

    protected override IEnumerable<IrProgram> Candidates(IrProgram program)
    {
        for (int index = program.Code.Length - 1; index >= 0; index--)
        {
            foreach (IrInstruction simpler in Simpler(program.Code[index])) yield return program.Replaced(index, simpler);
        }
    }

    private static IEnumerable<IrInstruction> Simpler(IrInstruction instruction)
    {
        Instruction first = instruction.First;
        if (instruction.Row is not { } row) yield break;
        if (instruction.IsConditional()) yield return IrCode.GoTo(instruction.Target);
        bool isConstant = row.Operation == Operation.Mov && !row.HasSourceRegister;
        if (instruction.Result() is { } result && result <= Register.R9 && !isConstant)
        {
            if (row.Operation == Operation.LoadImm64 && row.Src.Value == 0) yield return IrCode.Move(result, first.Immediate);
            yield return IrCode.Move(result, 0);
            yield return IrCode.Move(result, 1);
        }

        if (OfImmediate(first, row) is { } immediate && InstructionTable.Find(immediate) is not null) yield return instruction with { First = immediate };
    }

    /// <summary>The same with a number instead of a register, where there is such a form.</summary>
    private static Instruction? OfImmediate(Instruction first, InstructionDef row) => row.Class switch
    {
        InstructionClass.Alu or InstructionClass.Alu64 or InstructionClass.Jmp or InstructionClass.Jmp32 when row.Src.NamesRegister =>
            new Instruction((byte)(first.Opcode ^ Opcodes.SourceRegister), (byte)first.Dst, first.Offset, 1),
        InstructionClass.Stx when row.Operation == Operation.Store =>
            new Instruction((byte)(first.Opcode ^ (int)InstructionClass.Stx ^ (int)InstructionClass.St), (byte)first.Dst, first.Offset, 1),
        InstructionClass.Ld or InstructionClass.Ldx or InstructionClass.St or InstructionClass.Stx
            or InstructionClass.Alu or InstructionClass.Alu64 or InstructionClass.Jmp or InstructionClass.Jmp32 => null,
    };
}
