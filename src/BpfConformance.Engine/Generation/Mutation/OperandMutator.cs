using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Has an instruction use another register.</summary>
public sealed class OperandMutator : IMutator
{
    public string Name => "operand";

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        int at = entropy.Below(program.Code.Length);
        IrInstruction instruction = program.Code[at];
        if (instruction.Row is not { } row || !(row.Dst.NamesRegister || row.Src.NamesRegister)) return null;

        bool isDst = row.Dst.NamesRegister && (!row.Src.NamesRegister || entropy.Below(2) == 0);
        FieldRule rule = isDst ? row.Dst : row.Src;
        int register = entropy.Below(rule.Kind == FieldRuleKind.AnyRegister ? (int)Register.R10 + 1 : (int)Register.R10);
        Instruction first = instruction.First;
        byte registers = (byte)(isDst ? (first.Registers & 0xf0) | register : (first.Registers & 0x0f) | (register << 4));
        return registers == first.Registers ? null : program.Replaced(at, instruction with { First = first with { Registers = registers } });
    }
}
