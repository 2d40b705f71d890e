using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Syscalls;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel.Probes;

/// <summary>Everybody comes to a tracepoint, and what is attached there for a case is for its thread alone.</summary>
[TestFixture]
internal sealed unsafe class TracepointRunTests : KernelFixture
{
    private const int Runs = 20;

    private const string Arguments = """
        -- type
        tracing
        -- attach
        trace_raw_tp
        -- context
        ffffffff 00000000 0500000000000000 0000000000000000 0000000000000000 0000000000000000
        -- maps
        runs: array key 4 value 8 entries 1
        -- asm
        r2 = map_val(map_by_fd(runs)) ll
        r0 = 1
        r0 = atomic_fetch_add((u64 *)(r2 + 0), r0)
        exit
        -- result
        0
        -- maps-after
        runs:
        00000000 = 0100000000000000
        """;

    private const string Buffer = """
        -- type
        raw_tracepoint_writable
        -- packet
        00000000
        -- maps
        runs: array key 4 value 8 entries 1
        -- asm
        r1 = *(u64 *)(r1 + 0)
        *(u32 *)(r1 + 0) = -5
        r2 = map_val(map_by_fd(runs)) ll
        r0 = 1
        r0 = atomic_fetch_add((u64 *)(r2 + 0), r0)
        exit
        -- result
        0
        -- memory-after
        fbffffff
        -- maps-after
        runs:
        00000000 = 0100000000000000
        """;

    [TestCase(Arguments)]
    [TestCase(Buffer)]
    public void Run_WhileOthersComeThere_IsOfThisThreadAlone(string text)
    {
        using var loader = new ProgramLoader();
        using FileDescriptor others = loader.Load([Move(0, 0), Exit], AttachPoints.Of(ProgramType.SocketFilter), fds: []).Program!;
        using var isDone = new ManualResetEventSlim();
        int refused = 0;
        int came = 0;
        var thread = new Thread(() =>
        {
            for (; !isDone.IsSet; came++)
            {
                _ = Native.syscall(157, -1, 5, null, null, 0); // prctl
                if (TestRun.Of(others, new byte[64], [], [], repeat: 1).Errno != 0) refused++;
            }
        });
        thread.Start();
        Outcome[] outcomes = Outcomes(text);
        isDone.Set();
        thread.Join();

        Assert.That(came, Is.GreaterThan(Runs));
        Assert.That(refused, Is.Zero);
        Assert.That(outcomes.Select(outcome => (outcome.Status, outcome.R0)), Is.All.EqualTo((ExecutionStatus.Returned, (ulong?)0)), outcomes[0].Reason);
    }

    [TestCase(Arguments)]
    [TestCase(Buffer)]
    public void Run_OnceItIsOver_LeavesNothingAttached(string text)
    {
        using var loader = new ProgramLoader();
        using FileDescriptor mine = loader.Load([Move(0, 0), Exit], AttachPoints.Of(ProgramType.Tracing), fds: []).Program!;
        using (BpfLink.TryOpen(mine, string.Empty, out _)) Assert.That(Links(), Is.EqualTo(1));

        _ = Outcomes(text);

        Assert.That(Links(), Is.Zero);
    }

    private Outcome[] Outcomes(string text)
    {
        TestCase test = VectorReader.Read(text, "hooks/a.vector", "a.vector");
        using var reference = new ReferenceTarget();
        using var kernel = KernelTarget.Create(reference);
        LoadResult load = kernel.Load(test.ToRequest());
        Assert.That(load.Verdict.Kind, Is.EqualTo(VerdictKind.Accepted), load.Verdict.Message);
        using ILoadedProgram program = load.Program!;
        var seen = new ObservationBatch();
        seen.Reset(Runs, test.ToRequest().ObservedBytes, test.MapBytes);
        program.Run([.. Enumerable.Repeat(test.Inputs[0].ForRun, Runs)], seen);
        return [.. Enumerable.Range(0, Runs).Select(seen.Materialize)];
    }

    /// <summary>How many programs this process has attached to tracepoints.</summary>
    private static int Links() => Directory.GetFiles("/proc/self/fdinfo").Count(path =>
    {
        try
        {
            return File.ReadAllText(path).Contains("link_type:\traw_tracepoint", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // it has been closed meanwhile
        }
    });
}
