using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>Looks at the machine of a run, instruction by instruction.</summary>
internal unsafe interface IStepObserver
{
    /// <summary>As <see cref="ITraceObserver.Begin"/>.</summary>
    void Begin(int input, int program, Machine* machine);

    /// <summary>An instruction is about to be executed.</summary>
    void Before(int pc, Machine* machine);

    void End(Machine* machine);
}
