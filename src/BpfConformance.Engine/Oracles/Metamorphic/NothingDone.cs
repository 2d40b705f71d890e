using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Oracles.Metamorphic;

/// <summary>Puts in instructions that do nothing: a jump to the next, or the move of a register that was just written to itself.</summary>
public sealed class NothingDone : IRewrite
{
    private const int Most = 4;

    public string Name => "nop";

    public Facets Same => Rewrites.SameButCount;

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        for (int left = entropy.Between(1, Most); left > 0; left--)
        {
            int at = entropy.Below(program.Code.Length);
            int written = at == 0 ? 0 : program.Code[at - 1].Writes(); // calls write several, and some of them nothing
            program = BitOperations.PopCount((uint)written) == 1 && !JumpTargets.EndsBlock(program.Code[at - 1].First)
                ? program.Inserted(at, [Move(BitOperations.Log2((uint)written))], toInserted: false)
                : program.Inserted(at, [IrCode.GoTo(at + 1)]);
        }

        return program;
    }

    private static IrInstruction Move(int register) => IrCode.Move((Register)register, (Register)register);
}
