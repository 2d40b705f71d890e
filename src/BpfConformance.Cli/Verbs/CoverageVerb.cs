using System.Collections.Immutable;
using System.CommandLine;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;
using BpfConformance.Reporting;
using BpfConformance.Targets.InProcess;
using Spectre.Console;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf coverage</c>: what cases do with each row of the instruction table, and whether they would see a wrong one.</summary>
internal static class CoverageVerb
{
    public static Command Create()
    {
        Argument<string[]> paths = CasePaths.Argument();
        var report = new Option<string>("--report") { Description = "Write the Markdown report to this file", HelpName = "FILE" };
        var command = new ExampleCommand(
            "coverage",
            "Measure what cases do with each row of the instruction table.",
            "bpfconf coverage                              # everything under conformance/",
            "bpfconf coverage --report reports/coverage.md",
            "bpfconf coverage conformance/base32           # a part of it")
        {
            paths, report,
        };
        command.SetExitCodes("all rows are observed, none with few operands", "some are not");
        command.SetAction((parsed, cancellation) => Task.FromResult(Execute(
            CasePaths.Of(parsed.GetValue(paths)), parsed.GetValue(report), parsed.InvocationConfiguration, cancellation)));
        return command;
    }

    private static int Execute(string[] paths, string? file, InvocationConfiguration console, CancellationToken cancellation)
    {
        CaseSet files = CaseLoader.Load(paths, cancellation);
        cancellation.ThrowIfCancellationRequested(); // else what was not read would be a bad file
        ReportOutputs.Check(files.Files, file);
        foreach (CaseError bad in files.Errors) console.Error.WriteLine($"bpfconf: {bad}");
        if (!files.Errors.IsEmpty) return ExitCode.Usage; // a part of the cases is not what was asked about

        OutputFile? output = ReportOutputs.At(file);
        CoverageReport coverage = Measure(files.Cases, cancellation);
        Show(coverage, console.Output);
        output?.FillText(writer => CoverageMarkdown.Write(coverage, writer));
        output?.Save();
        return coverage.Deficient.IsEmpty ? ExitCode.Success : ExitCode.Failure;
    }

    private static CoverageReport Measure(ImmutableArray<TestCase> cases, CancellationToken cancellation)
    {
        using var progress = new Terminal.Progress(cases.Length);
        return new CoverageReport(
            [.. SuiteCoverage.Measure(cases, done => progress.Report(done), cancellation).Select(row => new CoverageRow(row.Seen, row.Unseen))]);
    }

    private static void Show(CoverageReport coverage, TextWriter output)
    {
        Table table = Terminal.Table("group", "rows", "covered", "observed", "cannot run", "thin", "all register pairs");
        foreach (CoverageGroup group in coverage.Groups)
        {
            (int full, int of) = group.RegisterPairs;
            table.AddRow(
                Vocabulary.Groups[group.Group], $"{group.Rows.Length}", $"{group.Covered}", $"{group.Observed}",
                $"{group.Excused}", $"{group.Thin}", $"{full} of {of}");
        }

        Terminal.Over(output).Write(table);
        foreach (CoverageRow row in coverage.Deficient) output.WriteLine($"{row.Name}: {ProblemOf(row)}");
    }

    private static string ProblemOf(CoverageRow row) =>
        !row.Seen.IsCovered ? "no case executes it"
        : !row.IsObserved ? $"no case sees {string.Join(", ", row.Unseen.Select(RowDefects.Describe))}"
        : row.Seen.IsThin ? "too few operands"
        : $"{row.Seen.Registers!.Hit} of {RegisterCoverage.Pairs} pairs of registers"; // they are what is left
}
