using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Swaps two neighbours.</summary>
public sealed class SwapMutator : IMutator
{
    public string Name => "swap";

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        if (program.Code.Length < 2) return null;
        int at = entropy.Below(program.Code.Length - 1);
        return program.Code[at] == program.Code[at + 1] ? null : program with { Code = program.Code.SetItem(at, program.Code[at + 1]).SetItem(at + 1, program.Code[at]) };
    }
}
