using System.Diagnostics;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>Times one of our own engines with the monotonic clock; each run starts from the input.</summary>
public sealed class InProcessTimer(string name, EngineLoader load) : ITargetTimer
{
    public string Name => name;

    public double NanosecondsPerRun(LoadRequest request, RunInput input, int repeat)
    {
        using IMachineProgram program = load(request, out ValidationError? error)
            ?? throw new TargetException(error!.Message); // no program: there is an error

        ReadOnlySpan<byte> data = input.Data.Span;
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < repeat; run++)
        {
            program.Prepare(data, request.InstructionBudget);
            program.RunPrepared();
        }

        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeat;
        unsafe
        {
            RunStatus status = program.Memory.Machine->Status;
            return status == RunStatus.Returned ? nanoseconds : throw new TargetException($"the run ended with {status}");
        }
    }

    public void Dispose()
    {
    }
}
