using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Reporting;

namespace BpfConformance.Cli;

/// <summary>What became of mutants, as the report has it.</summary>
public static class SuiteScores
{
    public static SuiteScore Of(string name, IEnumerable<MutantResult> results) => new(name, [.. results.Select(Of)]);

    private static ScoredMutant Of(MutantResult result)
    {
        Mutant mutant = result.Mutant;
        (string name, string meaning) = MutantClasses.Describe(mutant.Class);
        return new ScoredMutant(mutant.Name, mutant.Row.Name, new BugKind(name, meaning), FateOf(result))
        {
            Reason = mutant.Equivalence ?? mutant.Incomparability,
            Problem = result.Problem,
        };
    }

    private static MutantFate FateOf(MutantResult result) =>
        result.Mutant.Equivalence is not null ? MutantFate.Equivalent
        : result.Mutant.Incomparability is not null ? MutantFate.NotComparable
        : result.IsKilled ? MutantFate.Killed
        : MutantFate.Survived;
}
