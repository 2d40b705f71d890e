using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Oracles.Metamorphic;

/// <summary>Loads an immediate into a register that holds nothing that matters, and takes it from there.</summary>
public sealed class ImmediateInRegister : IRewrite
{
    public string Name => "imm-to-reg";

    public Facets Same => Rewrites.SameResults;

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        int at = entropy.Below(program.Code.Length);
        for (int tried = 0; tried < program.Code.Length; tried++, at = (at + 1) % program.Code.Length)
        {
            IrInstruction instruction = program.Code[at];
            if (ImmediateForms.InRegister(instruction.First, Register.R0) is null) continue;

            int[] live = program.LiveBefore();
            int used = live[at] | live[at + 1] | instruction.Named() | (instruction.HasTarget ? live[instruction.Target] : 0);
            int free = (RegisterUse.Arguments | RegisterUse.Kept | 1) & ~used;
            if (free == 0 || ImmediateForms.InRegister(instruction.First, (Register)entropy.BitOf((uint)free)) is not { } other) continue;
            return program.Replaced(at, instruction with { First = other })
                .Inserted(at, [IrCode.Move((Register)other.Src, instruction.First.Immediate)]);
        }

        return null;
    }
}
