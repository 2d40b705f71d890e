using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Targets.InProcess;

/// <summary>Writes down the registers before each instruction.</summary>
/// <param name="into">Where.</param>
internal sealed unsafe class StateRecorder(ExecutionTrace into) : IStepObserver
{
    public void Begin(int input, int program, Machine* machine) => into.Begin(input, program);

    public void Before(int pc, Machine* machine)
    {
        int numbers = 0;
        int unset = 0;
        for (int r = 0; r < ExecutionTrace.RegisterCount; r++)
        {
            uint provenance = machine->Provenance[r];
            if (provenance == Provenance.Scalar) numbers |= 1 << r;
            if (provenance == Provenance.Uninitialized) unset |= 1 << r;
        }

        into.Add(new TracedStep(pc, machine->Depth, (ushort)numbers, (ushort)unset), new ReadOnlySpan<ulong>(machine->Registers, ExecutionTrace.RegisterCount));
    }

    public void End(Machine* machine)
    {
    }
}
