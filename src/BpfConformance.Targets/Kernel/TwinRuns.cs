using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>Runs a case's twins one at a time: by TEST_RUN, or where they are attached.</summary>
internal sealed class TwinRuns(KernelTarget target, KernelBuild build, LoadedTwins twins) : IDisposable
{
    private readonly HookRun _hooks = new();
    private readonly AttachedRun _attached = new(target);

    /// <summary>Runs one and records what came of it, or returns why that was not possible.</summary>
    public string? Run(in RunInput input, int index, ObservationBatch into)
    {
        KernelPart part = build.Parts[input.Program];
        bool hasHook = part.Part.Type != ProgramType.Unspecified;
        if (hasHook && !part.IsAttached && HookRun.WhyNot(part, input) is { } reason) return reason;
        ReadOnlySpan<byte> data = input.Data.Span;
        if (!hasHook && data.Length != build.Request.DataBytes)
        {
            return $"{data.Length} bytes of memory; the program was loaded for {build.Request.DataBytes}";
        }

        Span<byte> results = target.Results.Memory.Slice(twins.Set.ResultsPlace(input.Program), ResultsLayout.Bytes);
        FileDescriptor program = twins.Programs[input.Program];
        if (part.IsAttached) return _attached.Run(part, program, twins.Set.Shape, results, input, into, index);
        results.Clear();
        TestRun run = hasHook ? _hooks.Run(part, program, input, into, index) : RunOnMemory(program, data);
        if (run.Errno != 0) return $"TEST_RUN: {Errnos.Name(run.Errno)}";

        ref Observation seen = ref into[index];
        seen.Status = ExecutionStatus.Returned;
        KernelObserver.RecordRegisters(results, run.ReturnValue, twins.Set.Shape, ref seen);
        if (hasHook) _hooks.Record(part, run, into, index);
        else KernelObserver.RecordMemory(build.Memory is { } memory ? memory.Memory[..data.Length] : [], into, index);
        return null;
    }

    /// <summary>As <see cref="AttachedRun.Detach"/>.</summary>
    public void Detach() => _attached.Detach();

    public void Dispose() => _attached.Dispose();

    private TestRun RunOnMemory(FileDescriptor program, ReadOnlySpan<byte> data)
    {
        if (build.Memory is { } memory) data.CopyTo(memory.Memory);
        return TestRun.Of(program, dataIn: [], dataOut: [], context: [], repeat: 0);
    }
}
