using System.Collections.Immutable;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting.Bench;
using BpfConformance.Targets.Timing;

namespace BpfConformance.Cli.Benchmarks;

/// <summary>Times the loads of programs of some lengths, after their results were found equal.</summary>
/// <param name="timers">What times them; those that know nothing of loads are left out. They stay the caller's to dispose.</param>
/// <param name="reference">The sanitised reference; the caller's.</param>
/// <param name="rounds">How it is timed.</param>
public sealed class LoadBench(IReadOnlyList<ITargetTimer> timers, IExecutionTarget reference, InterleavedRounds rounds)
{
    /// <summary>Longer ones are loaded, but not run in between.</summary>
    private const int LongestRun = 512;

    private readonly List<LoadSpeed> _speeds = [];
    private readonly List<NotMeasured> _notMeasured = [];

    public static ImmutableArray<int> Lengths { get; } = [2, 64, LongestRun, 4096, 65536];

    /// <summary>Target by target.</summary>
    public ImmutableArray<LoadSpeed> Speeds =>
        [.. timers.SelectMany(timer => _speeds.Where(speed => speed.Target == timer.Name))];

    public ImmutableArray<NotMeasured> NotMeasured => [.. _notMeasured];

    /// <summary>Whether a program had a wrong result somewhere.</summary>
    public bool HasUnequal { get; private set; }

    /// <exception cref="OperationCanceledException">It was asked to stop; of this length nothing is kept.</exception>
    public void Add(int slots, CancellationToken cancellation)
    {
        var request = new LoadRequest(TypicalProgram.Of(slots), [], TypicalProgram.DataBytes);
        var run = new TimedRun(request, new RunInput(TypicalProgram.Data), RestoresMemory: true);
        ObservationBatch expected = Expected(run);
        ILoadTimer[] able = [.. timers.OfType<ILoadTimer>().Where(timer => timer.MaxSlots >= slots && IsRight(timer, run, slots, expected))];

        bool runs = slots <= LongestRun;
        IEnumerable<Measure> loads = able.Select(timer => (Measure)(repeat => timer.NanosecondsPerLoad(run, runs: false, repeat)));
        IEnumerable<Measure> loadsAndRuns = able.Select(timer => (Measure)(repeat => timer.NanosecondsPerLoad(run, runs: true, repeat)));
        ImmutableArray<double> least = rounds.Minima([.. loads, .. runs ? loadsAndRuns : []], cancellation);
        _speeds.AddRange(able.Select((timer, i) => new LoadSpeed(timer.Name, slots, least[i], runs ? least[able.Length + i] : null)));
    }

    private ObservationBatch Expected(TimedRun run)
    {
        LoadResult loaded = reference.Load(run.Request);
        using ILoadedProgram program = loaded.Program ?? throw new TargetException($"{reference.Name} does not load a typical program: {loaded.Verdict.Message}");
        var seen = new ObservationBatch();
        seen.Reset(1, run.Request.DataBytes);
        program.Run([run.Input], seen);
        return seen;
    }

    private bool IsRight(ILoadTimer timer, TimedRun run, int slots, ObservationBatch expected)
    {
        string what = $"load of {slots} instructions";
        try
        {
            using ITimedProgram program = timer.Load(run);
            if (TimedResult.Difference(program, run.Request.DataBytes, expected) is not { } difference) return true;
            HasUnequal = true;
            _notMeasured.Add(new NotMeasured(what, timer.Name, difference));
        }
        catch (TargetException trouble) when (!trouble.IsCrash)
        {
            _notMeasured.Add(new NotMeasured(what, timer.Name, trouble.Message));
        }

        return false;
    }
}
