using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Execution;
using BpfConformance.Targets.Timing;

namespace BpfConformance.Targets.InProcess;

/// <summary>Times one of our own engines with the monotonic clock.</summary>
/// <param name="name">As in <c>--target</c>, and after a comma how it is run.</param>
/// <param name="load">The engine.</param>
public sealed class InProcessTimer(string name, EngineLoader load) : ILoadTimer
{
    public string Name => name;

    public int MaxSlots => BpfProgram.MaxInstructions;

    public ITimedProgram Load(TimedRun run) => new TimedMachine(LoadMachine(run.Request), run);

    public double NanosecondsPerLoad(TimedRun run, bool runs, int repeat)
    {
        double start = ThreadClock.Nanoseconds;
        for (int i = 0; i < repeat; i++)
        {
            using IMachineProgram program = LoadMachine(run.Request);
            if (!runs) continue;
            program.Prepare(run.Input.Data.Span, run.Request.InstructionBudget, context: run.Input.Context.Span);
            program.RunPrepared();
            TimedMachine.CheckReturned(program);
        }

        return (ThreadClock.Nanoseconds - start) / repeat;
    }

    public void Dispose()
    {
    }

    private IMachineProgram LoadMachine(LoadRequest request) =>
        load(request, out ValidationError? error) ?? throw new TargetException(error!.Message); // no program: there is an error
}
