using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Cli.Benchmarks;

/// <summary>Says how long programs take, without running them.</summary>
internal sealed class FakeTimer(string name) : ILoadTimer
{
    public string Name => name;

    public int MaxSlots { get; init; } = 1_000_000;

    public double RunNanoseconds { get; init; } = 100;

    public Func<TimedRun, double> LoadNanoseconds { get; init; } = run => run.Request.Program.Instructions.Length;

    /// <summary>What a run is said to show.</summary>
    public Observation Shows { get; init; } = Observation.Nothing;

    /// <summary>Happens before each measurement.</summary>
    public Action OnMeasure { get; init; } = () => { };

    /// <summary>Why nothing loads; <c>null</c>: all does.</summary>
    public string? Refusal { get; init; }

    public List<TimedRun> Loads { get; } = [];

    public int Unloads { get; private set; }

    public ITimedProgram Load(TimedRun run)
    {
        if (Refusal is not null) throw new TargetException(Refusal);
        Loads.Add(run);
        return new Program(this);
    }

    public double NanosecondsPerLoad(TimedRun run, bool runs, int repeat)
    {
        OnMeasure();
        return LoadNanoseconds(run) + (runs ? RunNanoseconds : 0);
    }

    public void Dispose()
    {
    }

    private sealed class Program(FakeTimer timer) : ITimedProgram
    {
        public void Observe(ObservationBatch into) => into[0] = timer.Shows;

        public double NanosecondsPerRun(int repeat)
        {
            timer.OnMeasure();
            return timer.RunNanoseconds;
        }

        public void Dispose() => timer.Unloads++;
    }
}
