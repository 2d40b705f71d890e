using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting;
using BpfConformance.Targets;
using Spectre.Console;

namespace BpfConformance.Cli.Verbs;

/// <summary>One program on one machine.</summary>
/// <param name="Program">File name without extension.</param>
/// <param name="Target">As in <c>--target</c>, and how it was run where there are several ways.</param>
/// <param name="NsPerRun">The least average of all rounds, in nanoseconds.</param>
/// <param name="InstructionsPerRun">As the reference counts them.</param>
/// <param name="InstructionsPerSecond">What follows from the two.</param>
/// <param name="RatioToFirst">Its time over that of the first target that was measured.</param>
public sealed record Measurement(
    string Program, string Target, double NsPerRun, long InstructionsPerRun, double InstructionsPerSecond, double RatioToFirst);

/// <summary><c>bpfconf bench</c>: speed on the benchmark programs, after their results were found equal.</summary>
internal static class BenchVerb
{
    private const string ProgramFolder = "conformance/programs";
    private const int Rounds = 5;
    private const double NanosecondsPerRound = 50e6;

    public static Command Create()
    {
        var targets = new TargetOptions();
        var programs = new Option<string[]>("--program") { Description = "Programs by name, separated by commas. Default: all", HelpName = "NAME,…" };
        var folder = new Option<string>("--programs") { Description = $"Folder of program vectors. Default: {ProgramFolder}", HelpName = "DIR" };
        var json = new Option<string>("--json") { Description = "Write a list of measurements to this file", HelpName = "FILE" };
        var command = new ExampleCommand(
            "bench",
            "Measure instructions per second on the benchmark programs. Each program's results are found equal on all targets before it is timed; of interleaved rounds the best counts.",
            "bpfconf bench",
            "bpfconf bench --program siphash,fnv1a --target reference,kernel --json bench.json")
        {
            programs, folder, json,
        };
        targets.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            TargetSelection selection = targets.Selection(parsed);
            int? missing = selection.ReportMissing(error);
            CaseSet files = CaseLoader.Load([parsed.GetValue(folder) ?? ProgramFolder]);
            ReportOutputs.Check(files.Files, parsed.GetValue(json));
            ImmutableArray<TestCase> cases = Cases(files, TargetSelection.Words(parsed.GetValue(programs)));
            CheckAreOfASuite(cases, selection);
            OutputFile? file = ReportOutputs.At(parsed.GetValue(json));
            var measurements = new List<Measurement>();
            int unequal = 0;
            foreach (TestCase test in cases)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!Terminal.IsErrorRedirected) error.Write($"\r{NameOf(test),-20}");
                if (Check(test, selection, error) is { } instructions) measurements.AddRange(Measure(test, instructions, selection));
                else unequal++;
            }

            if (!Terminal.IsErrorRedirected) error.Write($"\r{string.Empty,-20}\r");
            Write(measurements, parsed.InvocationConfiguration.Output);
            file?.Fill(stream => JsonSerializer.Serialize(stream, measurements, BenchJsonContext.Default.ListMeasurement));
            file?.Save();
            return Task.FromResult(unequal > 0 ? ExitCode.Failure : measurements.Count == 0 ? ExitCode.NothingRan : missing ?? ExitCode.Success);
        });
        return command;
    }

    private static ImmutableArray<TestCase> Cases(CaseSet files, ImmutableArray<string> names)
    {
        if (files.Errors is [CaseError first, ..]) throw new UsageException(first.ToString());
        ImmutableArray<TestCase> cases =
            [.. files.Cases.Where(test => test.Program.Type == ProgramType.Unspecified && test.Inputs.Length > 0)];
        foreach (string name in names)
        {
            if (cases.All(test => NameOf(test) != name))
            {
                throw new UsageException($"there is no program '{name}', expected one of {string.Join(", ", cases.Select(NameOf))}");
            }
        }

        return names.IsEmpty ? cases : [.. cases.Where(test => names.Contains(NameOf(test)))];
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

    private static string NameOf(TestCase test) => Path.GetFileNameWithoutExtension(test.Name);

    /// <summary>The instructions of a run, when all targets agree with the program's vector and each other.</summary>
    private static long? Check(TestCase test, TargetSelection selection, TextWriter error)
    {
        List<IExecutionTarget> targets = [TargetRegistry.All[0].Create(), .. selection.Available.Where(entry => entry != TargetRegistry.All[0]).Select(entry => entry.Create())];
        try
        {
            Experiment experiment = new ExperimentRunner(targets).Run(test);
            foreach (CaseResult result in CaseJudge.ForVectors.Judge(experiment).Where(result => result.Status != CaseStatus.Passed))
            {
                error.WriteLine($"bpfconf: {test.File} is not timed: {result.Target}: {result.Status.ToString().ToLowerInvariant()}: {result.Reason}");
                return null;
            }

            return experiment.Runs[0].Observations![0].Instructions; // it passed, so it was run
        }
        finally
        {
            targets.ForEach(target => target.Dispose());
        }
    }

    private static List<Measurement> Measure(TestCase test, long instructions, TargetSelection selection)
    {
        var request = new LoadRequest(test.Program, test.Maps, test.DataBytes);
        var input = new RunInput(test.Inputs[0].Data);
        List<ITargetTimer> timers = [.. selection.Available.SelectMany(entry => entry.CreateTimers())];
        try
        {
            // The first round warms up and says how many runs fill a round.
            int[] repeats = [.. timers.Select(timer => (int)Math.Clamp(NanosecondsPerRound / timer.NanosecondsPerRun(request, input, 10), 1, 1_000_000))];
            double[] best = [.. timers.Select(_ => double.MaxValue)];
            for (int round = 0; round < Rounds; round++)
            {
                for (int i = 0; i < timers.Count; i++) best[i] = Math.Min(best[i], timers[i].NanosecondsPerRun(request, input, repeats[i]));
            }

            return
            [
                .. timers.Select((timer, i) => new Measurement(
                    NameOf(test), timer.Name, best[i], instructions, instructions / best[i] * 1e9, best[i] / best[0])),
            ];
        }
        finally
        {
            timers.ForEach(timer => timer.Dispose());
        }
    }

    private static void Write(List<Measurement> measurements, TextWriter output)
    {
        Table table = Terminal.Table("program", "target", "ns/run", "instructions/run", "M instructions/s", "time ratio");
        foreach (Measurement each in measurements)
        {
            table.AddRow(
                each.Program,
                each.Target,
                $"{each.NsPerRun:F0}",
                $"{each.InstructionsPerRun}",
                $"{each.InstructionsPerSecond / 1e6:F0}",
                $"{each.RatioToFirst:F3}");
        }

        foreach (var target in measurements.GroupBy(each => each.Target))
        {
            double mean = Math.Exp(target.Average(each => Math.Log(each.InstructionsPerSecond)));
            double ratio = Math.Exp(target.Average(each => Math.Log(each.RatioToFirst)));
            table.AddRow("geometric mean", target.Key, string.Empty, string.Empty, $"{mean / 1e6:F0}", $"{ratio:F3}");
        }

        Terminal.Over(output).Write(table);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<Measurement>))]
internal sealed partial class BenchJsonContext : JsonSerializerContext;
