using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting;
using BpfConformance.Targets;
using BpfConformance.Targets.Kernel;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf run</c>: cases on targets, judged and reported.</summary>
internal static class RunVerb
{
    private const int ShownFailures = 20;

    public static Command Create()
    {
        Argument<string[]> paths = CasePaths.Argument();
        var targets = new TargetOptions();
        var groups = new Option<string[]>("--groups") { Description = $"Only cases that need no other groups: {Vocabulary.Groups}", HelpName = "GROUP,…" };
        var cpu = new Option<string>("--cpu") { Description = $"Only cases that need no higher version: {Vocabulary.CpuVersions}", HelpName = "VERSION" };
        var filter = new Option<string>("--filter") { Description = "Only cases whose name matches; * stands for anything, ? for one character", HelpName = "GLOB" };
        var report = new Option<string>("--report") { Description = "Write Markdown, JSON and JUnit reports into this folder", HelpName = "DIR" };
        var json = new Option<string>("--json") { Description = "Write the JSON report to this file", HelpName = "FILE" };
        var junit = new Option<string>("--junit") { Description = "Write the JUnit report to this file", HelpName = "FILE" };
        var claim = new Option<bool>("--claim") { Description = "Print which conformance groups each target has earned; needs the whole suite" };
        var claimJson = new Option<string>("--claim-json") { Description = "Write these claims to this file", HelpName = "FILE" };
        var deviations = new Option<string>("--deviations")
        {
            Description = $"Look for TARGET{DeviationFile.Extension} in this folder, instead of {SuiteFolder.DeviationsName}/ of each suite",
            HelpName = "DIR",
        };
        var export = new Option<string>("--export") { Description = "First write the selected cases as JSON into this folder, a file for each of theirs", HelpName = "DIR" };
        var failures = new Option<int>("--failures") { Description = $"Show so many failures of each target in full, instead of {ShownFailures}; reports have all", HelpName = "COUNT", DefaultValueFactory = _ => ShownFailures };
        var diagnose = new Option<bool>("--diagnose") { Description = "Say which known bugs a target that fails behaves like" };

        var command = new ExampleCommand(
            "run",
            "Run cases on targets, judge and report.",
            "bpfconf run                                                   # everything under conformance/ on every target",
            "bpfconf run --target reference,kernel --report reports/runs/latest",
            "bpfconf run conformance/divmul64 --filter '*div*' --cpu v3    # a part of it",
            "bpfconf run --target kernel --claim                           # which groups it conforms to; 0: some, and none fails",
            "bpfconf run --groups base32,divmul32 --junit junit.xml        # for a machine with these groups only")
        {
            paths, groups, cpu, filter, report, json, junit, export, claim, claimJson, deviations, failures, diagnose,
        };
        command.SetExitCodes("something ran, and nothing failed", "something failed, bad files or not", "nothing ran, or not on a target that was asked for by name");
        targets.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            string[] asked = CasePaths.Of(parsed.GetValue(paths));
            var run = new Run(
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error,
                [.. parsed.Tokens.Select(token => token.Value)],
                parsed.GetValue(failures) is >= 0 and var count ? count : throw new UsageException($"--failures {parsed.GetValue(failures)}: expected 0 or more"),
                parsed.GetValue(diagnose),
                cancellation);
            var claims = new ClaimOutputs(parsed.GetValue(claim), parsed.GetValue(claimJson));
            var outputs = new RunOutputs(parsed.GetValue(report), parsed.GetValue(json), parsed.GetValue(junit), parsed.GetValue(export), claims);
            CaseSelection selection = Selection(parsed.GetValue(groups), parsed.GetValue(cpu), parsed.GetValue(filter));
            TargetSelection selected = targets.Selection(parsed);
            using JitHardening? hardening = targets.Harden(parsed, selected);
            return Task.FromResult(run.Execute(asked, selection, selected, outputs, parsed.GetValue(deviations)));
        });
        return command;
    }

    private static CaseSelection Selection(string[]? groups, string? cpu, string? filter)
    {
        CpuVersion? version = null;
        if (cpu is not null)
        {
            version = Vocabulary.CpuVersions.TryParse(cpu, out CpuVersion parsed)
                ? parsed
                : throw new UsageException($"there is no CPU version '{cpu}', expected one of {Vocabulary.CpuVersions}");
        }

        ImmutableArray<string> words = TargetSelection.Words(groups);
        return new CaseSelection
        {
            Groups = words.IsEmpty ? null : [.. words.Select(Group)],
            Cpu = version,
            Filter = filter,
        };

        static ConformanceGroup Group(string word) => Vocabulary.Groups.TryParse(word, out ConformanceGroup group)
            ? group
            : throw new UsageException($"there is no conformance group '{word}', expected one of {Vocabulary.Groups}");
    }

    private sealed class Run(TextWriter output, TextWriter error, ImmutableArray<string> arguments, int failures, bool diagnose, CancellationToken cancellation)
    {
        public int Execute(string[] paths, CaseSelection selection, TargetSelection targets, RunOutputs outputs, string? deviationsFolder)
        {
            CaseSet files = CaseLoader.Load(paths, cancellation);
            outputs.Claims.CheckAgainst(selection, files);
            DeviationSet deviations = LoadDeviations(files.Suites, deviationsFolder, targets);
            IEnumerable<CaseError> withoutCase = selection == CaseSelection.Everything && !cancellation.IsCancellationRequested ? deviations.WithoutCase(files) : [];
            IEnumerable<string> known = [.. TargetRegistry.All.Select(entry => entry.Name), .. TargetRegistry.KeptPlugins, .. targets.AllNames];
            files = files with
            {
                Errors = [.. files.Errors, .. deviations.Errors, .. withoutCase],
                Warnings = [.. files.Warnings, .. DeviationSet.Misnamed(files.Suites, deviationsFolder, known)],
            };
            ReportFiles reports = outputs.FilesBeside(files);
            foreach (CaseWarning warning in files.Warnings) error.WriteLine($"bpfconf: warning: {warning}");
            foreach (CaseError bad in files.Errors) error.WriteLine($"bpfconf: {bad}");
            targets.ReportMissing(error);

            ImmutableArray<TestCase> cases = [.. files.Cases.Where(selection.Selects)];
            targets = targets.ForPrograms(cases.All(test => SuiteFolder.Holds(test.File)), error);
            if (cases.Length < files.Cases.Length) error.WriteLine($"bpfconf: {cases.Length} of {files.Cases.Length} cases selected");
            if (cases.IsEmpty && selection.Filter is not null && !files.Cases.IsEmpty) error.WriteLine($"bpfconf: names are such as '{files.Cases[0].Name}'");

            CaseExports.Write(outputs.Cases, cases, files);

            // Also a run of nothing leaves its report, so that an older one is never taken for it.
            (RunReport report, ClaimReport? claims) = RunAll(cases, files, targets, deviations, outputs.Claims, reports);
            if (cancellation.IsCancellationRequested)
            {
                error.WriteLine($"bpfconf: interrupted after {report.Cases} of {cases.Length} cases");
                return ExitCode.Interrupted;
            }

            if (cases.IsEmpty && !files.Errors.IsEmpty) return ExitCode.Usage;
            ImmutableArray<string> silent = SilentOf(report, targets);
            bool claimsHold = claims is null || ClaimOutputs.Hold(claims, targets.IsByName);
            Terminal.WriteWrapped(output, string.Empty, RunListing.Conclusion(report, silent, files.Errors.Length, claimsHold));
            return report.Targets.Any(target => target.Counts.Failed > 0) ? ExitCode.Failure
                : !silent.IsEmpty ? ExitCode.NothingRan
                : !files.Errors.IsEmpty ? ExitCode.Usage
                : claimsHold ? ExitCode.Success
                : ExitCode.Failure;
        }

        private static DeviationSet LoadDeviations(IEnumerable<SuitePart> suites, string? folder, TargetSelection targets) =>
            folder is null || Directory.Exists(folder)
                ? DeviationSet.Load(suites, folder, targets.Available.Select(entry => entry.Name), DateOnly.FromDateTime(DateTime.UtcNow))
                : throw new UsageException($"--deviations {folder}: there is no such folder");

        private (RunReport Report, ClaimReport? Claims) RunAll(
            ImmutableArray<TestCase> cases, CaseSet files, TargetSelection selection, DeviationSet deviations, ClaimOutputs claimed, ReportFiles reports)
        {
            var header = new RunHeader(
                "bpfconf",
                typeof(RunVerb).Assembly.GetName().Version!.ToString(3), // every assembly has one
                arguments,
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}",
                DateTimeOffset.UtcNow);
            long started = Stopwatch.GetTimestamp();
            List<IExecutionTarget> targets = [.. selection.Available.Select(entry => entry.Create())];
            try
            {
                var builder = new RunReportBuilder(header, targets);
                ClaimReportBuilder? claimBuilder = claimed.IsWanted ? new ClaimReportBuilder(header, targets) : null;
                ImmutableArray<ImmutableArray<CaseResult>> results = RunCases();
                foreach (ImmutableArray<CaseResult> each in results)
                {
                    builder.Add(each);
                    claimBuilder?.Add(each);
                }

                RunReport report = builder.Build(cases.Length, Stopwatch.GetElapsedTime(started), files, selection.Unavailable);
                ClaimReport? claims = claimBuilder?.Build(files);
                foreach (TargetReport target in report.Targets) RunListing.Write(target, failures, output);
                if (!cases.IsEmpty || files.Errors.IsEmpty) foreach (TargetReport target in report.Targets) RunListing.WriteSummary(target, output);
                reports.Write(report, claims);
                if (claims is not null) claimed.Show(claims, output);

                // Last: who has seen enough can leave, and the reports are there.
                if (diagnose) Diagnosing.Write(targets, cases, [.. results.SelectMany(each => each)], output, cancellation);
                return (report, claims);
            }
            finally
            {
                targets.ForEach(target => target.Dispose());
            }

            ImmutableArray<ImmutableArray<CaseResult>> RunCases()
            {
                (int done, int failed) = (0, 0);
                using var progress = new Terminal.Progress(cases.Length);
                var runner = new SuiteRunner(
                    selection.CreateForRunner, experiment => [.. selection.Asked(CaseJudge.ForVectors.Judge(experiment)).Select(deviations.Apply)]);
                return runner.Run(
                    cases,
                    each =>
                    {
                        failed += each.Count(IsFailure);
                        progress.Report(++done, failed);
                    },
                    cancellation);
            }

            static bool IsFailure(CaseResult result) => result.Status == CaseStatus.Failed;
        }

        /// <summary>Who has nothing to show: of targets that the user named each must, of others one. What only deviates shows nothing.</summary>
        private static ImmutableArray<string> SilentOf(RunReport report, TargetSelection targets)
        {
            return targets.IsByName ? [.. report.Targets.Where(target => !HasRun(target)).Select(target => target.Name), .. targets.Unavailable.Select(target => target.Name)]
                : report.Targets.Any(HasRun) ? []
                : ["any target"];

            static bool HasRun(TargetReport target) => target.Counts.Passed + target.Counts.Failed + target.Counts.LegalDivergences > 0;
        }
    }
}
