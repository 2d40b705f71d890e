using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// Times programs with the kernel's own clock: TEST_RUN repeats them without leaving the kernel and says how long one took.
/// A raw tracepoint is not repeated, so they are loaded as XDP.
/// </summary>
public sealed class KernelTimer : ITargetTimer
{
    private static readonly byte[] s_packet = new byte[64];

    private readonly IExecutionTarget _gate;
    private readonly ProgramLoader _loader = new();
    private readonly MemoryPool _memory = new();
    private readonly TaintWatch _taint = new();
    private readonly KernelMap _results;

    /// <param name="gate">The sanitised reference, which runs every input first; it stays the caller's.</param>
    /// <exception cref="TargetException">bpf(2) cannot be used here.</exception>
    public KernelTimer(IExecutionTarget gate)
    {
        if (KernelTarget.WhyUnavailable() is { } reason) throw new TargetException(reason);
        _gate = gate;
        _results = KernelMap.TryCreateMemory(ResultsLayout.Bytes, out int errno)
            ?? throw new TargetException($"the map for results cannot be created: {Errno.Name(errno)}");
    }

    public string Name => "kernel";

    /// <summary>Of a program without a hook. Every run is the one that the gate has seen: memory that a run changes is restored before the next.</summary>
    /// <inheritdoc/>
    public double NanosecondsPerRun(LoadRequest request, RunInput input, int repeat)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(repeat);
        if (request.Program.Type != ProgramType.Unspecified) throw new TargetException("only programs without a hook are timed");
        if (!request.Maps.IsEmpty) throw new TargetException("programs with maps are not timed: their contents would differ from run to run");
        if (RunDenyList.Reason(request.Program.Instructions.AsSpan()) is { } denied) throw new TargetException(denied);
        if (input.Data.Length != request.DataBytes)
        {
            throw new TargetException($"{input.Data.Length} bytes of memory for a program that is loaded for {request.DataBytes}");
        }

        bool leavesMemory = PassGate(request, input);
        CaseMaps maps = CaseMaps.TryCreate(request.Maps, out string problem, out _) ?? throw new TargetException(problem);
        using var build = new KernelBuild(request, maps, request.DataBytes > 0 ? _memory.Borrow(request.DataBytes) : null, _results);
        LoadAnswer answer = _loader.Load(build.Given(), AttachPoints.Of(ProgramType.Xdp), build.Fds);
        using FileDescriptor program = answer.Program
            ?? throw new TargetException("rejected: " + VerifierWords.Of(answer, build));

        return leavesMemory
            ? RunOnce(program, build, input, repeat)
            : Enumerable.Range(0, repeat).Average(_ => (double)RunOnce(program, build, input, repeat: 1));
    }

    public void Dispose()
    {
        _memory.Dispose();
        _results.Dispose();
        _taint.Dispose();
    }

    private long RunOnce(FileDescriptor program, KernelBuild build, RunInput input, int repeat)
    {
        if (build.Memory is { } memory) input.Data.Span.CopyTo(memory.Memory);
        TestRun run = TestRun.Of(program, s_packet, dataOut: [], context: [], repeat);
        if (_taint.NewBits != 0) throw new TargetException("the kernel became tainted while a program was timed") { IsCrash = true };
        return run.Errno == 0 ? run.Duration : throw new TargetException($"TEST_RUN: {Errno.Name(run.Errno)}");
    }

    /// <summary>Runs the program on the gate, which must return; whether it left its memory as it was.</summary>
    private bool PassGate(LoadRequest request, RunInput input)
    {
        LoadResult loaded = _gate.Load(request);
        using ILoadedProgram program = loaded.Program
            ?? throw new TargetException($"{_gate.Name} does not load the program: {loaded.Verdict.Message}");
        var seen = new ObservationBatch();
        seen.Reset(1, request.DataBytes);
        program.Run([input], seen);
        if (seen[0].Status != ExecutionStatus.Returned) throw new TargetException($"not timed: {_gate.Name} {seen[0].Status}");
        return seen.Data(0).SequenceEqual(input.Data.Span);
    }
}
