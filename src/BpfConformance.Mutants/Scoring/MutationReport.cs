using System.Collections.Immutable;

namespace BpfConformance.Mutants.Scoring;

/// <summary>A suite and what it did to the mutants.</summary>
/// <param name="Name">For the reader.</param>
/// <param name="Results">One for each mutant.</param>
public sealed record SuiteScore(string Name, ImmutableArray<MutantResult> Results);

/// <summary>Counts of some mutants.</summary>
public readonly record struct ScoreCounts(int Mutants, int Equivalent, int NotComparable, int Killed)
{
    public int Survived => Killable - Killed;

    /// <summary>Killed of those that can be; rounded down, so that 100 % means all.</summary>
    public string Percent => Killable == 0 ? "–" : $"{Math.Floor(1000.0 * Killed / Killable) / 10:0.0} %";

    private int Killable => Mutants - Equivalent - NotComparable;

    public static ScoreCounts Of(IEnumerable<MutantResult> results)
    {
        var counts = default(ScoreCounts);
        foreach (MutantResult result in results)
        {
            Mutant mutant = result.Mutant;
            counts = new ScoreCounts(
                counts.Mutants + 1,
                counts.Equivalent + (mutant.Equivalence is null ? 0 : 1),
                counts.NotComparable + (mutant.Incomparability is null ? 0 : 1),
                counts.Killed + (result.IsKilled && mutant.IsKillable ? 1 : 0));
        }

        return counts;
    }
}

/// <summary>Writes scores as Markdown. The same scores give the same bytes.</summary>
public static class MutationReport
{
    /// <param name="score">The suite that is measured.</param>
    /// <param name="other">Another suite, for comparison; <c>null</c>: none.</param>
    /// <param name="writer">Takes the text.</param>
    public static void Write(SuiteScore score, SuiteScore? other, TextWriter writer)
    {
        ScoreCounts all = ScoreCounts.Of(score.Results);
        Lines(
            writer,
            "# Mutation score",
            string.Empty,
            $"Would the suite notice a bug? {all.Mutants} machines, each the reference with one instruction that is wrong in one way, were asked",
            "every case that executes the instruction. A mutant is killed when a case does not get what its file states.",
            "Equivalent mutants, which no program can tell from the reference, and those that are not comparable, because only an address",
            "shows them, do not count. Mutants that are the same code are one; two that behave alike in all cases are still two.",
            "`bpfconf mutants --report FILE` writes this, and with `--compare PATH` also what another suite notices.",
            string.Empty,
            $"| Suite | Mutants | Equivalent | Not comparable | Killed | Survived | Score |",
            "|:--|--:|--:|--:|--:|--:|--:|");
        foreach (SuiteScore suite in other is null ? [score] : (SuiteScore[])[score, other])
        {
            ScoreCounts counts = ScoreCounts.Of(suite.Results);
            Lines(writer, $"| {suite.Name} | {Columns(counts)} | **{counts.Percent}** |");
        }

        Lines(writer, string.Empty);
        WriteTable("By kind of bug", "Kind", score, other, result => result.Mutant.Class.ToString(), writer);
        WriteTable("By instruction", "Instruction", score, other, result => $"`{result.Mutant.Row.Name}`", writer);
        WriteSurvivors(score, writer);
        WriteUncounted("Equivalent mutants", "No program can tell these from the reference.", score, mutant => mutant.Equivalence, writer);
        WriteUncounted(
            "Mutants that are not comparable",
            "There are programs that tell these from the reference, but only by an address, which no two machines share.",
            score, mutant => mutant.Incomparability, writer);
    }

    private static string Columns(ScoreCounts counts) =>
        $"{counts.Mutants} | {counts.Equivalent} | {counts.NotComparable} | {counts.Killed} | {counts.Survived}";

    private static void WriteTable(
        string title, string what, SuiteScore score, SuiteScore? other, Func<MutantResult, string> keyOf, TextWriter writer)
    {
        ILookup<string, MutantResult>? others = other?.Results.ToLookup(keyOf, StringComparer.Ordinal);
        Lines(
            writer,
            $"## {title}",
            string.Empty,
            $"| {what} | Mutants | Equivalent | Not comparable | Killed | Survived | Score |{(other is null ? string.Empty : $" {other.Name} |")}",
            $"|:--|--:|--:|--:|--:|--:|--:|{(other is null ? string.Empty : "--:|")}");
        foreach (IGrouping<string, MutantResult> group in score.Results.GroupBy(keyOf, StringComparer.Ordinal))
        {
            ScoreCounts counts = ScoreCounts.Of(group);
            string compared = others is null ? string.Empty : $" {ScoreCounts.Of(others[group.Key]).Percent} |";
            Lines(writer, $"| {group.Key} | {Columns(counts)} | {counts.Percent} |{compared}");
        }

        Lines(writer, string.Empty);
    }

    private static void WriteSurvivors(SuiteScore score, TextWriter writer)
    {
        Lines(writer, "## Survivors", string.Empty);
        ImmutableArray<MutantResult> wrong = [.. score.Results.Where(result => result.IsWrong)];
        if (wrong.IsEmpty) Lines(writer, "None: every mutant that a program can tell from the reference was killed.");
        foreach (MutantResult result in wrong) Lines(writer, $"- `{result.Mutant}`: {Text(result)}");
        Lines(writer, string.Empty);
    }

    /// <summary>Why a result is wrong.</summary>
    public static string Text(MutantResult result) => result switch
    {
        { Crash: { } crash } => $"broke the machine in {crash}",
        { IsKilled: true } => $"killed by {result.Killer}, though it is said that none can: {result.Mutant.Equivalence ?? result.Mutant.Incomparability}",
        { IsExecuted: false } => $"as if {result.Mutant.Behavior}; no case executes the instruction",
        _ => $"as if {result.Mutant.Behavior}",
    };

    private static void WriteUncounted(string title, string meaning, SuiteScore score, Func<Mutant, string?> reasonOf, TextWriter writer)
    {
        Lines(writer, $"## {title}", string.Empty, meaning, string.Empty);
        foreach (IGrouping<string?, Mutant> reason in score.Results.Select(result => result.Mutant).GroupBy(reasonOf).Where(group => group.Key is not null))
        {
            Lines(writer, $"- {reason.Key} ({reason.Count()})", $"  {string.Join(", ", reason.Select(mutant => $"`{mutant}`"))}");
        }

        Lines(writer, string.Empty);
    }

    private static void Lines(TextWriter writer, params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) writer.Write(line + "\n");
    }
}
