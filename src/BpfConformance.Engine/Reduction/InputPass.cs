using System.Collections.Immutable;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Reduction;

/// <summary>Leaves out runs, and steps between them; first it keeps one half alone.</summary>
public sealed class InputPass : IReductionPass
{
    public string Name => "inputs";

    public IEnumerable<TestCase> Candidates(TestCase current)
    {
        // Two threads take part in a contention, and each has its input.
        ImmutableArray<CaseInput> inputs = current.Inputs;
        if (inputs.Length < 2 || current.Contention is not null) yield break;
        foreach ((int start, int count) in Chunks.Of(inputs.Length).TakeWhile(chunk => chunk.Count >= inputs.Length / 2))
        {
            yield return current with { Inputs = inputs.Slice(start, count) };
        }

        foreach ((int start, int count) in Chunks.Of(inputs.Length)) yield return current with { Inputs = inputs.RemoveRange(start, count) };
    }
}
