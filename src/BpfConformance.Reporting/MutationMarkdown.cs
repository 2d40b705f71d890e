using System.Collections.Immutable;

namespace BpfConformance.Reporting;

/// <summary>Writes scores as Markdown. The same scores give the same bytes.</summary>
public static class MutationMarkdown
{
    public static void Write(MutationReport report, TextWriter writer)
    {
        Lines(
            writer,
            "# Mutation score",
            string.Empty,
            $"Would the suite notice a bug? {report.Suite.Mutants.Length} machines, each the reference with one instruction that is wrong in one way, were asked",
            "every case that executes the instruction. A mutant is killed when a case does not get what its file states.",
            "Equivalent mutants, which no program can tell from the reference, and those that are not comparable, because only an address",
            "shows them, do not count. Mutants that are the same code are one; two that behave alike in all cases are still two.",
            "`bpfconf mutants --report FILE` writes this, and with `--compare PATH` also what another suite notices.",
            string.Empty,
            "| Suite | Mutants | Equivalent | Not comparable | Killed | Survived | Score |",
            "|:--|--:|--:|--:|--:|--:|--:|");
        WriteSuite(report.Suite, writer);
        if (report.Other is { } other) WriteSuite(other, writer);
        Lines(writer, string.Empty);
        WriteTable("By kind of bug", ["Kind", "What goes wrong"], report.Kinds, kind => $"{kind.Name} | {kind.Meaning}", report.Other, writer);
        WriteTable("By instruction", ["Instruction"], report.Instructions, name => $"`{name}`", report.Other, writer);
        WriteSurvivors(report.Suite, writer);
        WriteUncounted("Equivalent mutants", "No program can tell these from the reference.", report.Suite, MutantFate.Equivalent, writer);
        WriteUncounted(
            "Mutants that are not comparable",
            "There are programs that tell these from the reference, but only by an address, which no two machines share.",
            report.Suite, MutantFate.NotComparable, writer);
    }

    private static void WriteSuite(SuiteScore suite, TextWriter writer) =>
        Lines(writer, $"| {suite.Name} | {Columns(suite.Counts)} | **{suite.Counts.Percent}** |");

    private static string Columns(ScoreCounts counts) =>
        $"{counts.Mutants} | {counts.Equivalent} | {counts.NotComparable} | {counts.Killed} | {counts.Survived}";

    private static void WriteTable<TKey>(
        string title, string[] columns, ImmutableArray<ScoreGroup<TKey>> groups, Func<TKey, string> cellsOf, SuiteScore? other, TextWriter writer)
    {
        Lines(
            writer,
            $"## {title}",
            string.Empty,
            $"| {string.Join(" | ", columns)} | Mutants | Equivalent | Not comparable | Killed | Survived | Score |{(other is null ? string.Empty : $" {other.Name} |")}",
            $"|{string.Concat(columns.Select(_ => ":--|"))}--:|--:|--:|--:|--:|--:|{(other is null ? string.Empty : "--:|")}");
        foreach (ScoreGroup<TKey> group in groups)
        {
            string compared = group.Other is { } counts ? $" {counts.Percent} |" : string.Empty;
            Lines(writer, $"| {cellsOf(group.Key)} | {Columns(group.Counts)} | {group.Counts.Percent} |{compared}");
        }

        Lines(writer, string.Empty);
    }

    private static void WriteSurvivors(SuiteScore suite, TextWriter writer)
    {
        Lines(writer, "## Survivors", string.Empty);
        if (suite.Wrong.IsEmpty) Lines(writer, "None: every mutant that a program can tell from the reference was killed.");
        foreach (string problem in suite.Problems) Lines(writer, $"- {problem}");
        Lines(writer, string.Empty);
    }

    private static void WriteUncounted(string title, string meaning, SuiteScore suite, MutantFate fate, TextWriter writer)
    {
        Lines(writer, $"## {title}", string.Empty, meaning, string.Empty);
        foreach (IGrouping<string?, ScoredMutant> alike in suite.Mutants.Where(mutant => mutant.Fate == fate).GroupBy(mutant => mutant.Reason))
        {
            Lines(writer, $"- {alike.Key} ({alike.Count()})", $"  {string.Join(", ", alike.Select(mutant => $"`{mutant.Name}`"))}");
        }

        Lines(writer, string.Empty);
    }

    private static void Lines(TextWriter writer, params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) writer.Write(line + "\n");
    }
}
