namespace BpfConformance.Engine.Targets;

/// <summary>Times programs on one machine, as fast as it runs them: nothing is observed meanwhile.</summary>
public interface ITargetTimer : IDisposable
{
    /// <summary>As in <c>--target</c>, and after a comma how it is run where there are several ways.</summary>
    string Name { get; }

    /// <exception cref="TargetException">The program does not load, or may not run, on this machine.</exception>
    ITimedProgram Load(TimedRun run);
}

/// <summary>A program that is loaded for timing.</summary>
public interface ITimedProgram : IDisposable
{
    /// <summary>Runs once from the input and records what it can into <paramref name="into"/>, which was reset for one run.</summary>
    /// <exception cref="TargetException">The machine broke.</exception>
    void Observe(ObservationBatch into);

    /// <summary>
    /// The average over <paramref name="repeat"/> runs in a row, in nanoseconds, with what it takes to call the program. Memory is
    /// what the last run left, unless it is to be restored.
    /// </summary>
    /// <exception cref="TargetException">A run did not return.</exception>
    double NanosecondsPerRun(int repeat);
}

/// <summary>A timer that also knows what a load costs.</summary>
public interface ILoadTimer : ITargetTimer
{
    /// <summary>The longest program that it is asked about, in slots.</summary>
    int MaxSlots { get; }

    /// <summary>The average over <paramref name="repeat"/> times, in nanoseconds of the thread: load, perhaps run once, unload.</summary>
    /// <param name="run">The program, and the input of the run.</param>
    /// <param name="runs">Whether each is run.</param>
    /// <param name="repeat">How often.</param>
    /// <exception cref="TargetException">The program does not load, or may not run, on this machine.</exception>
    double NanosecondsPerLoad(TimedRun run, bool runs, int repeat);
}

/// <summary>A run that is timed.</summary>
/// <param name="Request">Its load.</param>
/// <param name="Input">What memory holds before the first run.</param>
/// <param name="RestoresMemory">Whether memory holds it before every other, too; the time that this takes counts, except on the kernel.</param>
public sealed record TimedRun(LoadRequest Request, RunInput Input, bool RestoresMemory)
{
    /// <summary>The file with the same program in C; <c>null</c>: none.</summary>
    public string? Source { get; init; }
}
