using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>Takes the inputs of a case on a machine in this process: runs, what timers call back behind them, and steps of user space.</summary>
internal sealed class InputPlayer(IMachineProgram program, LoadRequest request)
{
    private readonly long _budget = request.InstructionBudget;
    private readonly NetworkPlayer? _network = request.HasNetwork ? new NetworkPlayer(program, request) : null;

    /// <summary>Before the first of some inputs.</summary>
    public void Begin(ReadOnlySpan<RunInput> inputs) => _network?.Begin(inputs);

    /// <summary>Takes one, and records what came of it.</summary>
    public void Take(in RunInput input, ObservationBatch into, int index)
    {
        program.Memory.KeepsMaps = request.IsSequence && index > 0;
        if (input.Step is { } step)
        {
            program.Memory.BeginMaps();
            if (step is NetworkStep inNetwork) _network!.Take(inNetwork, into, index); // a load with such steps has one
            else SequencePlayer.Take(step, program, into, index);
            return;
        }

        program.Prepare(input.Data.Span, _budget, input.Program, input.Context.Span);
        program.RunPrepared();
        MachineObserver.Record(program, _budget, into, index);
        if (program.Memory.TimerProgram >= 0 && into[index].Status == ExecutionStatus.Returned) RunTimers(input, into, index);
    }

    /// <summary>The run is over, and the timers whose time has come call back; what goes wrong there has gone wrong in the run.</summary>
    private void RunTimers(in RunInput input, ObservationBatch into, int index)
    {
        program.Memory.KeepsMaps = true;
        program.Prepare(input.Data.Span, _budget, program.Memory.TimerProgram, input.Context.Span);
        program.RunPrepared();
        if (!MachineObserver.HasReturned(program)) MachineObserver.Record(program, _budget, into, index);
    }
}
