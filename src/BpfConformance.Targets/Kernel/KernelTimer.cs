using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;
using BpfConformance.Targets.Timing;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// Times programs with the kernel's own clock: TEST_RUN repeats them without leaving the kernel and says how long one took.
/// A raw tracepoint is not repeated, so they are loaded as XDP. Only programs without a hook are timed.
/// </summary>
public sealed class KernelTimer : ILoadTimer
{
    /// <summary>A verifier that must follow every instruction of longer programs would be asked for minutes.</summary>
    private const int LongestLoad = 4096;

    private static readonly AttachPoint s_point = AttachPoints.Of(ProgramType.Xdp);

    private readonly IExecutionTarget _gate;
    private readonly ProgramLoader _loader = new();
    private readonly MemoryPool _memory = new();
    private readonly TaintWatch _taint = new();
    private readonly KernelMap _results;
    private TimedRun? _passed;

    /// <param name="gate">The sanitised reference, which runs every input first; it stays the caller's.</param>
    /// <exception cref="TargetException">bpf(2) cannot be used here.</exception>
    public KernelTimer(IExecutionTarget gate)
    {
        if (KernelTarget.WhyUnavailable() is { } reason) throw new TargetException(reason);
        _gate = gate;
        _results = KernelMap.CreateMemory(ResultsLayout.Bytes, "results");
    }

    public string Name => "kernel";

    public int MaxSlots => LongestLoad;

    /// <summary>Every run is one that the gate has seen: memory that does not come back to what it saw is restored, asked for or not.</summary>
    /// <inheritdoc/>
    public ITimedProgram Load(TimedRun run)
    {
        bool isSteady = PassGate(run);
        KernelBuild build = Build(run.Request);
        LoadAnswer answer = _loader.Load(build.Main.Given(build.Fds), s_point, build.Fds);
        if (answer.Program is { } program)
        {
            return new TimedKernelProgram(program, build, _taint, run with { RestoresMemory = run.RestoresMemory || !isSteady });
        }

        build.Dispose();
        throw Rejected(answer, build);
    }

    /// <summary>Of the system calls alone; what the kernel frees later, on a thread of its own, is not in it.</summary>
    /// <inheritdoc/>
    public double NanosecondsPerLoad(TimedRun run, bool runs, int repeat)
    {
        if (!ReferenceEquals(run, _passed)) PassGate(run);
        _passed = run;
        using KernelBuild build = Build(run.Request);
        Instruction[] given = build.Main.Given(build.Fds);
        double start = ThreadClock.Nanoseconds;
        for (int i = 0; i < repeat; i++)
        {
            LoadAnswer answer = _loader.Load(given, s_point, build.Fds);
            using FileDescriptor program = answer.Program ?? throw Rejected(answer, build);
            if (!runs) continue;
            if (build.Memory is { } memory) run.Input.Data.Span.CopyTo(memory.Memory);
            TimedKernelProgram.TestRunOf(program, repeat: 1, _taint);
        }

        return (ThreadClock.Nanoseconds - start) / repeat;
    }

    public void Dispose()
    {
        _loader.Dispose();
        _memory.Dispose();
        _results.Dispose();
        _taint.Dispose();
    }

    private static TargetException Rejected(LoadAnswer answer, KernelBuild build) => new("rejected: " + VerifierWords.Of(answer, build.Main));

    private KernelBuild Build(LoadRequest request)
    {
        CaseMaps maps = CaseMaps.TryCreate(request, objects: null, out string problem, out _) ?? throw new TargetException(problem);
        maps.Fill([]); // programs are in none of them
        return new KernelBuild(request, maps, request.DataBytes > 0 ? _memory.Borrow(request.DataBytes) : null, _results);
    }

    /// <summary>Runs the program on the gate, which must return; whether its memory is steady.</summary>
    private bool PassGate(TimedRun run)
    {
        LoadRequest request = run.Request;
        if (request.Program.Type != ProgramType.Unspecified) throw new TargetException("only programs without a hook are timed");
        if (request.Program.Count > 1 || request.Maps.Any(map => map.Type == MapType.ProgArray))
        {
            throw new TargetException("programs that lead to others are not timed");
        }

        if (RunDenyList.Reason(request.Program.Instructions.AsSpan()) is { } denied) throw new TargetException(denied);
        if (run.Input.Data.Length != request.DataBytes)
        {
            throw new TargetException($"{run.Input.Data.Length} bytes of memory for a program that is loaded for {request.DataBytes}");
        }

        SteadyMaps.Check(_gate, request, run.Input);
        return SteadyMemory.IsSteady(_gate, request, run.Input);
    }
}
