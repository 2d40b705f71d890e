namespace BpfConformance.Targets.InProcess;

/// <summary>Is told of runs, instruction by instruction.</summary>
public interface ITraceObserver
{
    /// <summary>One of the programs begins.</summary>
    /// <param name="input">For which input.</param>
    /// <param name="program">By its index; one that the case does not have calls back timers.</param>
    void Begin(int input, int program);

    /// <summary>An instruction has been executed.</summary>
    /// <param name="pc">Its slot.</param>
    /// <param name="changes">The registers that it changed.</param>
    void Step(int pc, IReadOnlyList<RegisterChange> changes);

    /// <summary>The program has ended.</summary>
    void End();
}
