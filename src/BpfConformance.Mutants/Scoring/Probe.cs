using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Mutants.Scoring;

/// <summary>Some runs of a case which the machine without a defect passes.</summary>
/// <param name="Case">The case, with these runs only.</param>
/// <param name="Rows">The instructions that they execute.</param>
/// <param name="Instructions">How many the longest run executes.</param>
/// <param name="Cost">What asking costs, roughly, in instructions.</param>
public sealed record Probe(TestCase Case, ImmutableHashSet<InstructionDef> Rows, long Instructions, long Cost)
{
    private const long Allowance = 10_000;

    /// <summary>Enough for any run that goes right, and little for an endless one.</summary>
    public long Budget => (2 * Instructions) + Allowance;

    /// <summary>Tells it from all others.</summary>
    public (string Name, int FirstRun) Place => (Case.Name, Case.Inputs[0].Line);

    /// <summary>Whether the case is there to test this instruction: then few others are in the way.</summary>
    public bool IsAbout(InstructionDef row) => IsAbout(Case, row);

    /// <summary>The same, before it is known what the case executes.</summary>
    public static bool IsAbout(TestCase test, InstructionDef row) =>
        test.Name.Contains(row.Name.Replace("-reg", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
}
