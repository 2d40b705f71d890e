using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting.Bench;
using BpfConformance.Targets.Timing;

namespace BpfConformance.Cli.Benchmarks;

/// <summary>Times the runs of programs, after all results were found equal.</summary>
/// <param name="timers">What times them. They stay the caller's to dispose, as do the targets.</param>
/// <param name="targets">What is asked for the results first: the sanitised reference, and others.</param>
/// <param name="rounds">How it is timed.</param>
public sealed class RunBench(IReadOnlyList<ITargetTimer> timers, IReadOnlyList<IExecutionTarget> targets, InterleavedRounds rounds)
{
    private readonly ExperimentRunner _runner = new(targets);
    private readonly List<RunSpeed> _speeds = [];
    private readonly List<NotMeasured> _notMeasured = [];

    public ImmutableArray<RunSpeed> Speeds => [.. _speeds];

    public ImmutableArray<NotMeasured> NotMeasured => [.. _notMeasured];

    /// <summary>Whether a program had a wrong result somewhere.</summary>
    public bool HasUnequal { get; private set; }

    /// <exception cref="OperationCanceledException">It was asked to stop; of this program nothing is kept.</exception>
    public void Add(TestCase test, CancellationToken cancellation)
    {
        string name = BenchPrograms.NameOf(test);
        Experiment experiment = _runner.Run(test);
        CaseResult? wrong = CaseJudge.ForVectors.Judge(experiment).FirstOrDefault(result => result.Status != CaseStatus.Passed);
        if (wrong is not null)
        {
            AddUnequal(name, wrong.Target, $"{wrong.Status.ToString().ToLowerInvariant()}: {wrong.Reason}");
            return;
        }

        var request = new LoadRequest(test.Program, test.Maps, test.DataBytes);
        var input = new RunInput(test.Inputs[0].Data);
        try
        {
            SteadyMaps.Check(targets[0], request, input);
        }
        catch (TargetException trouble) when (!trouble.IsCrash)
        {
            _notMeasured.Add(new NotMeasured(name, Target: null, trouble.Message));
            return;
        }

        var run = new TimedRun(request, input, RestoresMemory: !SteadyMemory.IsSteady(targets[0], request, input)) { Source = BenchPrograms.SourceOf(test) };
        var programs = new List<(int Timer, ITimedProgram Program)>();
        try
        {
            for (int i = 0; i < timers.Count; i++)
            {
                if (TryLoad(name, timers[i], run) is { } program) programs.Add((i, program));
            }

            ObservationBatch reference = experiment.Runs[0].Observations!; // it passed, so it was run
            foreach ((int timer, ITimedProgram program) in programs)
            {
                if (TimedResult.Difference(program, test.DataBytes, reference) is not { } difference) continue;
                AddUnequal(name, timers[timer].Name, difference);
                return;
            }

            ImmutableArray<double> least = rounds.Minima([.. programs.Select(each => (Measure)each.Program.NanosecondsPerRun)], cancellation);
            bool usesMaps = !test.Maps.IsEmpty;
            double? first = programs is [(0, _), ..] || (usesMaps && programs.Count > 0) ? least[0] : null;
            IEnumerable<RunSpeed> speeds = programs.Select((each, i) => new RunSpeed(
                name, timers[each.Timer].Name, least[i], reference[0].Instructions, least[i] / first, run.RestoresMemory));
            _speeds.AddRange(speeds.Select(speed => speed with { UsesMaps = usesMaps }));
        }
        finally
        {
            programs.ForEach(each => each.Program.Dispose());
        }
    }

    private ITimedProgram? TryLoad(string name, ITargetTimer timer, TimedRun run)
    {
        try
        {
            return timer.Load(run);
        }
        catch (TargetException trouble) when (!trouble.IsCrash)
        {
            _notMeasured.Add(new NotMeasured(name, timer.Name, trouble.Message));
            return null;
        }
    }

    private void AddUnequal(string name, string target, string reason)
    {
        HasUnequal = true;
        _notMeasured.Add(new NotMeasured(name, Target: null, $"{target}: {reason}"));
    }
}
