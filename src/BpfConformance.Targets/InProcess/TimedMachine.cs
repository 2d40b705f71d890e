using System.Diagnostics;
using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>A program on a machine of our own, whose runs are timed with what sets up their registers and nothing else.</summary>
internal sealed class TimedMachine(IMachineProgram program, TimedRun run) : ITimedProgram
{
    private readonly long _budget = run.Request.InstructionBudget;

    public void Observe(ObservationBatch into)
    {
        program.Memory.KeepsContents = false;
        program.Prepare(run.Input.Data.Span, _budget, context: run.Input.Context.Span);
        program.RunPrepared();
        MachineObserver.Record(program, _budget, into, 0);
    }

    public double NanosecondsPerRun(int repeat)
    {
        ReadOnlySpan<byte> data = run.Input.Data.Span;
        if (!program.Memory.KeepsContents) program.Prepare(data, _budget, context: run.Input.Context.Span);
        program.Memory.KeepsContents = true;

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeat; i++)
        {
            if (run.RestoresMemory) program.Memory.Restore(data);
            program.Prepare(data, _budget, context: run.Input.Context.Span);
            program.RunPrepared();
        }

        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeat;
        CheckReturned(program);
        return nanoseconds;
    }

    public void Dispose() => program.Dispose();

    /// <exception cref="TargetException">The last run did not return.</exception>
    public static unsafe void CheckReturned(IMachineProgram program)
    {
        RunStatus status = program.Memory.Machine->Status;
        if (status != RunStatus.Returned) throw new TargetException($"the run ended with {status}");
    }
}
