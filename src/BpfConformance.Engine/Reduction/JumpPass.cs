using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Lets jumps lead to the next instruction, to the last, or past another jump.</summary>
public sealed class JumpPass : IrPass
{
    public override string Name => "jumps";

    protected override IEnumerable<IrProgram> Candidates(IrProgram program)
    {
        for (int index = program.Code.Length - 1; index >= 0; index--)
        {
            IrInstruction jump = program.Code[index];
            if (!JumpTargets.IsJump(jump.First)) continue;
            IrInstruction there = program.Code[jump.Target];
            foreach (int target in (int[])[index + 1, program.Code.Length - 1, there.First.Opcode is Opcodes.Ja ? there.Target : jump.Target])
            {
                if (target != jump.Target && target < program.Code.Length) yield return program.Replaced(index, jump.To(target));
            }
        }
    }
}
