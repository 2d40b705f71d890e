using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Generation.Mutation;

/// <summary>Does something twice.</summary>
public sealed class DuplicateMutator : IMutator
{
    private const int Longest = 6;

    public string Name => "duplicate";

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        int at = entropy.Below(program.Code.Length);
        int count = Math.Min(entropy.Between(1, Longest), program.Code.Length - at);
        IrInstruction[] copy = [.. program.Code.AsSpan(at, count)];
        for (int i = 0; i < count; i++)
        {
            // The copy stands before the original: what leads ahead of it, or back, leads to the same.
            if (copy[i].HasTarget && copy[i].Target >= at) copy[i] = copy[i].To(copy[i].Target + (copy[i].Target < at + count ? 0 : count));
        }

        return program.Inserted(at, copy);
    }
}
