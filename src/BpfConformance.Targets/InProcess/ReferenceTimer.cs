using System.Diagnostics;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>Times the reference interpreter with the monotonic clock; each run starts from the input.</summary>
public sealed class ReferenceTimer(string name, HandlerTable handlers) : ITargetTimer
{
    public string Name => name;

    public double NanosecondsPerRun(LoadRequest request, RunInput input, int repeat)
    {
        using InterpretedProgram program = InterpretedProgram.TryLoad(
            request.Program.Instructions.AsSpan(),
            request.Maps,
            request.Program.Type,
            request.DataBytes,
            handlers,
            out ValidationError? error) ?? throw new TargetException(error!.Message); // no program: there is an error

        ReadOnlySpan<byte> data = input.Data.Span;
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < repeat; run++) program.Run(data, request.InstructionBudget);
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
