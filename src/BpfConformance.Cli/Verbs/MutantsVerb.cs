using System.Collections.Immutable;
using System.CommandLine;
using BpfConformance.Engine.Cases;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Reporting;
using Spectre.Console;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf mutants</c>: how many plausible bugs a suite would notice.</summary>
internal static class MutantsVerb
{
    public static Command Create()
    {
        Argument<string[]> paths = CasePaths.Argument();
        var mutant = new Option<string>("--mutant") { Description = "Only mutants whose name matches; * stands for anything, ? for one character", HelpName = "GLOB" };
        var compare = new Option<string>("--compare") { Description = "Measure the cases of this folder, too, for comparison", HelpName = "FOLDER" };
        var report = new Option<string>("--report") { Description = "Write the score as Markdown to this file", HelpName = "FILE" };
        var command = new ExampleCommand(
            "mutants",
            "Run the cases against machines with one bug each.",
            "bpfconf mutants                                  # every mutant, everything under conformance/",
            "bpfconf mutants conformance/base32 --mutant 'add32-*'",
            "bpfconf mutants --compare ../bpf_conformance/tests --report reports/mutants.md")
        {
            paths, mutant, compare, report,
        };
        command.SetExitCodes("every mutant that can be told from the reference was", "some were not");
        command.SetAction((parsed, cancellation) =>
        {
            string[] asked = CasePaths.Of(parsed.GetValue(paths));
            string pattern = parsed.GetValue(mutant) ?? "*";
            ImmutableArray<Mutant> mutants = [.. MutantCatalogue.All.Where(each => Glob.Matches(pattern, each.Name))];
            if (mutants.IsEmpty) throw new UsageException($"no mutant matches '{pattern}'");

            TextWriter output = parsed.InvocationConfiguration.Output;
            string? file = parsed.GetValue(report);
            CaseSet cases = Load(asked);
            CaseSet? others = parsed.GetValue(compare) is { } folder ? Load([folder]) : null;
            ReportOutputs.Check([.. cases.Files, .. others?.Files ?? []], file);
            OutputFile? markdown = ReportOutputs.At(file);
            SuiteScore score = Measure(NameOf(asked), cases, mutants, cancellation);
            SuiteScore? other = others is null ? null : Measure(NameOf([parsed.GetValue(compare)!]), others, mutants, cancellation);
            var scores = new MutationReport(score, other);
            Show(scores, output);
            markdown?.FillText(writer => MutationMarkdown.Write(scores, writer));
            markdown?.Save();
            return Task.FromResult(score.Wrong.IsEmpty ? ExitCode.Success : ExitCode.Failure);
        });
        return command;
    }

    private static CaseSet Load(string[] paths)
    {
        CaseSet files = CaseLoader.Load(paths);
        return files.Errors.IsEmpty ? files : throw new UsageException(files.Errors[0].ToString());
    }

    private static string NameOf(string[] paths) =>
        string.Join(", ", paths.Select(path => Path.GetFileName(Path.TrimEndingDirectorySeparator(path))));

    private static SuiteScore Measure(string name, CaseSet files, ImmutableArray<Mutant> mutants, CancellationToken cancellation)
    {
        var measurement = new MutationScore(ProbeSet.Of(files.Cases, cancellation));
        using var progress = new Terminal.Progress(mutants.Length, "mutants");
        int done = 0;
        int wrong = 0;
        return SuiteScores.Of(name, measurement.Run(
            mutants,
            result =>
            {
                if (result.IsWrong) wrong++;
                progress.Report(++done, $", {wrong} survive");
            },
            cancellation));
    }

    private static void Show(MutationReport scores, TextWriter output)
    {
        foreach (string problem in scores.Suite.Problems) output.WriteLine(problem);

        Table table = Terminal.Table(
            "kind of bug", "mutants", "equivalent", "not comparable", "killed", "survived", "score", scores.Other?.Name ?? string.Empty);
        foreach (ScoreGroup<BugKind> kind in scores.Kinds) AddRow(kind.Key.Name, kind.Counts, kind.Other);
        AddRow("all", scores.Suite.Counts, scores.Other?.Counts);
        Terminal.Over(output).Write(table);

        void AddRow(string name, ScoreCounts counts, ScoreCounts? other) => table.AddRow(
            name, $"{counts.Mutants}", $"{counts.Equivalent}", $"{counts.NotComparable}", $"{counts.Killed}", $"{counts.Survived}",
            counts.Percent, other?.Percent ?? string.Empty);
    }
}
