using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>The reference, which shows each instruction that it comes to, whoever runs its programs.</summary>
/// <param name="reference">The reference.</param>
/// <param name="observer">Is shown it.</param>
internal sealed unsafe class TracedProgram(InterpretedProgram reference, IStepObserver observer) : IMachineProgram
{
    private (long Budget, int Program) _prepared;

    /// <summary>The input that is being run.</summary>
    public int Input { get; set; }

    public MachineMemory Memory => reference.Memory;

    public bool IsSanitized => reference.IsSanitized;

    public void Prepare(ReadOnlySpan<byte> data, long budget, int index = 0, ReadOnlySpan<byte> context = default)
    {
        _prepared = (budget, index);
        reference.Prepare(data, long.MaxValue, index, context);
    }

    public void RunPrepared()
    {
        observer.Begin(Input, _prepared.Program, Memory.Machine);
        reference.SteerPrepared(_prepared.Budget, pc =>
        {
            observer.Before(pc, Memory.Machine);
            return pc;
        });
        observer.End(Memory.Machine);
    }

    public long Executed(long budget) => reference.Executed(budget);

    public void Dispose() => reference.Dispose();
}
