using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Takes some instructions out; what led to them leads to what follows.</summary>
public sealed class CutMutator : IMutator
{
    private const int Longest = 4;

    public string Name => "cut";

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        int at = entropy.Below(program.Code.Length);
        int count = Math.Min(entropy.Between(1, Longest), program.Code.Length - at);
        return count == program.Code.Length ? null : program.Without(at, count);
    }
}
