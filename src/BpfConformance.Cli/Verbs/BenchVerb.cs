using System.Collections.Immutable;
using System.CommandLine;
using BpfConformance.Cli.Benchmarks;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting;
using BpfConformance.Reporting.Bench;
using BpfConformance.Targets;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Timing;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf bench</c>: speed on the benchmark programs, after their results were found equal.</summary>
internal static class BenchVerb
{
    private const int DefaultRound = 50;
    private const int LongestRound = 10_000;

    /// <summary>Of a millisecond: shorter than what a scheduler gives to others.</summary>
    private const int BatchesOfARound = 50;

    public static Command Create()
    {
        var targets = new TargetOptions(hasChildren: false);
        var programs = new Option<string[]>("--program") { Description = "Programs by name, separated by commas. Default: all", HelpName = "NAME,…" };
        var folder = new Option<string>("--programs") { Description = $"Folder of program vectors, with the C of each that has no maps beside it. Default: {BenchPrograms.Folder}", HelpName = "DIR" };
        var compile = new Option<bool>("--compile") { Description = "Also measure what loads cost, from 2 to 65,536 instructions" };
        var fuzzing = new Option<bool>("--fuzzing") { Description = "Also measure how many generated cases a second are run and compared" };
        var round = new Option<int>("--round") { Description = "Milliseconds for each target in each round", HelpName = "MS", DefaultValueFactory = _ => DefaultRound };
        var json = new Option<string>("--json") { Description = "Write all figures to this file", HelpName = "FILE" };
        var report = new Option<string>("--report") { Description = "Write a Markdown report to this file; implies --compile and --fuzzing", HelpName = "FILE" };
        var command = new ExampleCommand(
            "bench",
            "Measure what runs take, as a multiple of the same C compiled by gcc -O2. Each program's results are found equal everywhere before it is timed; of interleaved rounds the best counts.",
            "bpfconf bench",
            "bpfconf bench --program siphash,fnv1a --target reference,kernel --json bench.json",
            "bpfconf bench --report reports/bench.md                       # with what loads cost, and the project's goals")
        {
            programs, folder, compile, fuzzing, round, json, report,
        };
        command.SetExitCodes("all was measured that could be", "a result is not the same everywhere", "nothing was measured, or not on a target that was asked for by name");
        targets.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            int milliseconds = parsed.GetValue(round);
            if (milliseconds is < 1 or > LongestRound) throw new UsageException($"--round {milliseconds}: expected 1 to {LongestRound} milliseconds");
            TextWriter error = parsed.InvocationConfiguration.Error;
            TargetSelection selection = targets.Selection(parsed);
            int? missing = selection.ReportMissing(error);
            CaseSet files = CaseLoader.Load([parsed.GetValue(folder) ?? BenchPrograms.Folder], cancellation);
            cancellation.ThrowIfCancellationRequested(); // else what was not read would be a bad file
            ReportOutputs.Check([.. files.Files, .. files.Cases.Select(BenchPrograms.SourceOf)], parsed.GetValue(json), parsed.GetValue(report));
            ImmutableArray<TestCase> cases = BenchPrograms.Of(files, TargetSelection.Words(parsed.GetValue(programs)));
            CheckAreOfASuite(cases, selection);
            OutputFile? jsonFile = ReportOutputs.At(parsed.GetValue(json));
            OutputFile? reportFile = ReportOutputs.At(parsed.GetValue(report));

            using JitHardening? hardening = targets.Harden(parsed, selection);
            var bench = new Bench(milliseconds, error, cancellation);
            BenchReport measured = bench.Run(cases, selection, parsed.GetValue(compile) || reportFile is not null, parsed.GetValue(fuzzing) || reportFile is not null);
            parsed.InvocationConfiguration.Output.Write(BenchText.Of(measured));
            jsonFile?.Fill(stream => JsonReport.Write(measured, stream));
            reportFile?.FillText(writer => BenchMarkdown.Write(measured, writer));
            jsonFile?.Save();
            reportFile?.Save();
            return Task.FromResult(
                !measured.IsComplete ? ExitCode.Interrupted
                : bench.HasUnequal ? ExitCode.Failure
                : measured.Runs.IsEmpty ? ExitCode.NothingRan
                : missing ?? ExitCode.Success);
        });
        return command;
    }

    /// <summary>What is timed on the kernel runs in no worker: that would be timed, too.</summary>
    private static void CheckAreOfASuite(ImmutableArray<TestCase> cases, TargetSelection selection)
    {
        bool hasKernel = selection.Available.Any(entry => entry.Name == TargetRegistry.KernelName);
        if (hasKernel && cases.FirstOrDefault(test => !SuiteFolder.Holds(test.File)) is { } stranger)
        {
            throw new UsageException($"'{stranger.File}' is of no suite, and not timed on the kernel: what is not known runs there only in a worker");
        }
    }

    private sealed class Bench(int roundMilliseconds, TextWriter error, CancellationToken cancellation)
    {
        public bool HasUnequal { get; private set; }

        public BenchReport Run(ImmutableArray<TestCase> cases, TargetSelection selection, bool withLoads, bool withFuzzing)
        {
            NativeCompiler? compiler = NativeCompiler.TryFind(out string problem);
            using var timers = new BenchTimers(selection, compiler);
            if (compiler is null) error.WriteLine($"bpfconf: native is not measured: {problem}; times are compared with the first target's");
            List<IExecutionTarget> targets = [TargetRegistry.All[0].Create(), .. selection.Available.Where(entry => entry != TargetRegistry.All[0]).Select(entry => entry.Create())];
            double round = roundMilliseconds * 1e6;
            var runs = new RunBench(timers.All, targets, new InterleavedRounds(round, round / BatchesOfARound));
            var loads = new LoadBench(timers.All, targets[0], new InterleavedRounds(round, round));
            var pipelines = new PipelineBench(compiler, new InterleavedRounds(round, round));
            bool isComplete;
            try
            {
                isComplete = Measure(cases, BenchPrograms.NameOf, runs.Add)
                    && (!withLoads || Measure(LoadBench.Lengths, slots => $"loads of {slots} instructions", loads.Add))
                    && (!withFuzzing || Measure([.. Pipeline.All.Where(pipeline => pipeline.Targets.All(IsAsked))], pipeline => $"generated cases on {pipeline}", pipelines.Add));
            }
            finally
            {
                targets.ForEach(target => target.Dispose());
            }

            ImmutableArray<NotMeasured> notMeasured = [.. runs.NotMeasured, .. loads.NotMeasured, .. pipelines.NotMeasured];
            foreach (NotMeasured each in notMeasured) error.WriteLine($"bpfconf: {each.Program} is not timed{(each.Target is null ? string.Empty : $" on {each.Target}")}: {each.Reason}");
            HasUnequal = runs.HasUnequal || loads.HasUnequal || pipelines.HasUnequal;
            return new BenchReport
            {
                Machine = ThisMachine.Describe(compiler?.Version),
                IsComplete = isComplete,
                RoundMilliseconds = roundMilliseconds,
                Targets = [.. timers.All.Select(timer => timer.Name)],
                Runs = runs.Speeds,
                Loads = loads.Speeds,
                Pipelines = pipelines.Speeds,
                NotMeasured = notMeasured,
            };

            bool IsAsked(string target) => target == TargetRegistry.All[0].Name || selection.Available.Any(entry => entry.Name == target);
        }

        /// <summary>Measures one after the other; whether nobody interrupted it.</summary>
        private bool Measure<T>(ImmutableArray<T> all, Func<T, string> nameOf, Action<T, CancellationToken> measure)
        {
            for (int i = 0; i < all.Length; i++)
            {
                Show($"{nameOf(all[i])} ({i + 1} of {all.Length})");
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    measure(all[i], cancellation);
                }
                catch (OperationCanceledException)
                {
                    Show(string.Empty);
                    error.WriteLine($"bpfconf: interrupted before {nameOf(all[i])} was measured, {i} of {all.Length}");
                    return false;
                }
            }

            Show(string.Empty);
            return true;
        }

        private void Show(string progress)
        {
            if (!Terminal.IsErrorRedirected) error.Write($"\r{progress,-40}{(progress.Length == 0 ? "\r" : string.Empty)}");
        }
    }
}
