namespace BpfConformance.Engine.Targets;

/// <summary>Times programs on one machine, as fast as it runs them: nothing is observed.</summary>
public interface ITargetTimer : IDisposable
{
    /// <summary>As in <c>--target</c>, and how it is run where there are several ways.</summary>
    string Name { get; }

    /// <summary>
    /// The average over <paramref name="repeat"/> runs in a row, in nanoseconds. Memory holds the input before the first.
    /// </summary>
    /// <exception cref="TargetException">The program does not load, or may not run, on this machine.</exception>
    double NanosecondsPerRun(LoadRequest request, RunInput input, int repeat);
}
