using System.Collections.Immutable;

namespace BpfConformance.Reporting;

/// <summary>What became of a mutant; the last two do not count.</summary>
public enum MutantFate
{
    Killed, Survived, Equivalent, NotComparable,
}

/// <summary>A kind of bug.</summary>
/// <param name="Name">In a few words.</param>
/// <param name="Meaning">What goes wrong; a sentence.</param>
public sealed record BugKind(string Name, string Meaning);

/// <summary>A machine with one bug, and what a suite did to it.</summary>
/// <param name="Name">Which.</param>
/// <param name="Instruction">The one that is wrong.</param>
/// <param name="Kind">Of its bug.</param>
/// <param name="Fate">What became of it.</param>
public sealed record ScoredMutant(string Name, string Instruction, BugKind Kind, MutantFate Fate)
{
    /// <summary>Why it does not count; <c>null</c>: it does.</summary>
    public string? Reason { get; init; }

    /// <summary>Why it is not as it should be; <c>null</c>: it is.</summary>
    public string? Problem { get; init; }
}

/// <summary>Counts of some mutants.</summary>
public readonly record struct ScoreCounts(int Killed, int Survived, int Equivalent, int NotComparable)
{
    public int Mutants => Killed + Survived + Equivalent + NotComparable;

    /// <summary>Killed of those that can be; rounded down, so that 100 % means all.</summary>
    public string Percent => Killed + Survived == 0 ? "–" : $"{Math.Floor(1000.0 * Killed / (Killed + Survived)) / 10:0.0} %";

    public static ScoreCounts Of(IEnumerable<ScoredMutant> mutants)
    {
        var counts = mutants.CountBy(mutant => mutant.Fate).ToDictionary();
        return new ScoreCounts(Count(MutantFate.Killed), Count(MutantFate.Survived), Count(MutantFate.Equivalent), Count(MutantFate.NotComparable));

        int Count(MutantFate fate) => counts.GetValueOrDefault(fate);
    }
}

/// <summary>A suite and what it did to the mutants.</summary>
/// <param name="Name">For the reader.</param>
/// <param name="Mutants">All that it was asked about.</param>
public sealed record SuiteScore(string Name, ImmutableArray<ScoredMutant> Mutants)
{
    public ScoreCounts Counts => ScoreCounts.Of(Mutants);

    /// <summary>Those that are not as they should be; of a good suite none.</summary>
    public ImmutableArray<ScoredMutant> Wrong => [.. Mutants.Where(mutant => mutant.Problem is not null)];

    /// <summary>The same in lines, one for all that have the same problem.</summary>
    public IEnumerable<string> Problems =>
        from mutant in Wrong
        group mutant by mutant.Problem into same
        select $"{same.First().Name}{(same.Count() == 1 ? string.Empty : $" and {same.Count() - 1} more")}: {same.Key}";
}

/// <summary>Mutants that have something in common.</summary>
/// <param name="Key">What.</param>
/// <param name="Counts">Of the suite that is measured.</param>
/// <param name="Other">Of the other suite; <c>null</c>: there is none.</param>
public sealed record ScoreGroup<TKey>(TKey Key, ScoreCounts Counts, ScoreCounts? Other);

/// <summary>How many plausible bugs a suite notices.</summary>
/// <param name="Suite">The one that is measured.</param>
/// <param name="Other">Another, for comparison; <c>null</c>: none.</param>
public sealed record MutationReport(SuiteScore Suite, SuiteScore? Other)
{
    public ImmutableArray<ScoreGroup<BugKind>> Kinds => GroupedBy(mutant => mutant.Kind);

    public ImmutableArray<ScoreGroup<string>> Instructions => GroupedBy(mutant => mutant.Instruction);

    private ImmutableArray<ScoreGroup<TKey>> GroupedBy<TKey>(Func<ScoredMutant, TKey> keyOf)
    {
        ILookup<TKey, ScoredMutant>? others = Other?.Mutants.ToLookup(keyOf);
        return
        [
            .. Suite.Mutants.GroupBy(keyOf).Select(group => new ScoreGroup<TKey>(
                group.Key, ScoreCounts.Of(group), others is null ? null : ScoreCounts.Of(others[group.Key]))),
        ];
    }
}
