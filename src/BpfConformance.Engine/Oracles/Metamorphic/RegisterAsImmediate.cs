using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Oracles.Metamorphic;

/// <summary>Takes a number, which was moved into a register shortly before, from the instruction itself.</summary>
public sealed class RegisterAsImmediate : IRewrite
{
    public string Name => "reg-to-imm";

    public Facets Same => Rewrites.SameButCount;

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        bool[] isEntry = program.Entries();
        int start = entropy.Below(program.Code.Length);
        for (int tried = 0; tried < program.Code.Length; tried++, start = (start + 1) % program.Code.Length)
        {
            Instruction move = program.Code[start].First;
            if (move.Opcode != Opcodes.MoveImmediate64) continue;
            for (int at = start + 1; at < program.Code.Length && !isEntry[at]; at++)
            {
                IrInstruction instruction = program.Code[at];
                if (instruction.First.Src == move.Dst && ImmediateForms.OfImmediate(instruction.First, move.Immediate) is { } other)
                {
                    return program.Replaced(at, instruction with { First = other });
                }

                if ((instruction.Writes() >> move.Dst & 1) != 0) break;
            }
        }

        return null;
    }
}
