namespace BpfConformance.Runtime.Execution;

/// <summary>A program and the machine it runs on. Runs allocate nothing; one at a time.</summary>
public interface IMachineProgram : IDisposable
{
    /// <summary>The machine: registers and memory as the last run left them, until the program is disposed; then it may be another's.</summary>
    MachineMemory Memory { get; }

    /// <summary>Whether runs track which values derive from what a machine chooses for itself.</summary>
    bool IsSanitized { get; }

    /// <summary>Bytes of the code that was emitted for it; <c>null</c>: none was.</summary>
    int? CodeBytes => null;

    /// <summary>The first half of a run: the initial state.</summary>
    /// <param name="data">The memory or packet.</param>
    /// <param name="budget">Instructions after which the run is ended, where they are counted.</param>
    /// <param name="program">Which of the programs is run, by its index.</param>
    /// <param name="context">As for <see cref="MachineMemory.Reset"/>.</param>
    void Prepare(ReadOnlySpan<byte> data, long budget, int program = 0, ReadOnlySpan<byte> context = default);

    /// <summary>The second half, once for each <see cref="Prepare"/>. The machine holds the result.</summary>
    void RunPrepared();

    /// <summary>Instructions that the last run executed, exactly; −1: they were not counted.</summary>
    /// <param name="budget">What the run was given.</param>
    long Executed(long budget);
}
