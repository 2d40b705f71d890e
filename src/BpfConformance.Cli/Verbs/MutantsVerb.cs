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
            "Run the cases against machines with one bug each. Exit code 0: every mutant that can be told from the reference was; 1: some were not.",
            "bpfconf mutants                                  # every mutant, everything under conformance/",
            "bpfconf mutants conformance/base32 --mutant 'add32-*'",
            "bpfconf mutants --compare ../bpf_conformance/tests --report reports/mutants.md")
        {
            paths, mutant, compare, report,
        };
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
            ReportOutputs.Check(cases, file);
            if (others is not null) ReportOutputs.Check(others, file);
            using WholeFile? markdown = ReportOutputs.Open(file);
            SuiteScore score = Measure(NameOf(asked), cases, mutants, cancellation);
            SuiteScore? other = others is null ? null : Measure(NameOf([parsed.GetValue(compare)!]), others, mutants, cancellation);
            Show(score, other, output);
            markdown?.WriteText(writer => MutationReport.Write(score, other, writer));
            return Task.FromResult(score.Results.Any(result => result.IsWrong) ? ExitCode.Failure : ExitCode.Success);
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
        ImmutableArray<Probe> probes = ProbeSet.Of(files.Cases, cancellation);
        using var progress = new Terminal.Progress(mutants.Length, "mutants");
        int done = 0;
        int wrong = 0;
        ImmutableArray<MutantResult> results = new MutationScore(probes).Run(
            mutants,
            result =>
            {
                if (result.IsWrong) wrong++;
                progress.Report(++done, $", {wrong} survive");
            },
            cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new SuiteScore(name, results);
    }

    private static void Show(SuiteScore score, SuiteScore? other, TextWriter output)
    {
        foreach (MutantResult result in score.Results.Where(result => result.IsWrong))
        {
            output.WriteLine($"{result.Mutant}: {MutationReport.Text(result)}");
        }

        Table table = Terminal.Table("kind of bug", "mutants", "equivalent", "not comparable", "killed", "survived", "score", other is null ? string.Empty : other.Name);
        foreach (IGrouping<MutantClass, MutantResult> kind in score.Results.GroupBy(result => result.Mutant.Class))
        {
            AddRow(kind.Key.ToString(), kind, other?.Results.Where(result => result.Mutant.Class == kind.Key));
        }

        AddRow("all", score.Results, other?.Results);
        Terminal.Over(output).Write(table);

        void AddRow(string name, IEnumerable<MutantResult> results, IEnumerable<MutantResult>? others)
        {
            ScoreCounts counts = ScoreCounts.Of(results);
            table.AddRow(
                name, $"{counts.Mutants}", $"{counts.Equivalent}", $"{counts.NotComparable}", $"{counts.Killed}", $"{counts.Survived}", counts.Percent, others is null ? string.Empty : ScoreCounts.Of(others).Percent);
        }
    }
}
