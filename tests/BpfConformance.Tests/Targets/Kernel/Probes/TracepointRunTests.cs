using System.Diagnostics;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Probes;
using BpfConformance.Targets.Kernel.Syscalls;
using BpfConformance.Tests.Targets.Kernel.Events;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel.Probes;

/// <summary>Everybody comes to a tracepoint, and what is attached there for a case is for its thread alone.</summary>
[TestFixture]
internal sealed class TracepointRunTests : KernelFixture
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

    private const string TailCall = """
        -- type
        raw_tracepoint_writable
        -- packet
        00000000
        -- maps
        jumps: prog_array key 4 value 4 entries 1
        -- asm
        r2 = map_by_fd(jumps) ll
        r3 = 0
        call 12
        r0 = 0
        exit
        -- result
        0
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
            byte[] told = new byte[UnknownOption.Bytes];
            told[3] = 0x80; // the sign of the option
            for (; !isDone.IsSet; came++)
            {
                UnknownOption.Call(told);
                if (TestRun.Of(others, new byte[64], [], [], repeat: 1).Errno != 0) refused++;
            }
        })
        { IsBackground = true };
        thread.Start();
        Outcome[] outcomes;
        try
        {
            outcomes = Outcomes(text);
        }
        finally
        {
            isDone.Set();
            thread.Join();
        }

        Assert.That(came, Is.GreaterThan(Runs));
        Assert.That(refused, Is.Zero);
        Assert.That(outcomes.Select(outcome => (outcome.Status, outcome.R0)), Is.All.EqualTo((ExecutionStatus.Returned, (ulong?)0)), outcomes[0].Reason);
    }

    [TestCase(Arguments, "")]
    [TestCase(Buffer, "")]
    [TestCase(TailCall, "BPF_RAW_TRACEPOINT_OPEN: EINVAL")]
    public void Run_OnceItIsOver_LeavesNothingAttached(string text, string refusal)
    {
        int attached = -1;

        Outcome[] outcomes = Outcomes(text, () => attached = AttachedPrograms.AtTracepoints());

        Assert.That(outcomes[0].Reason, Does.StartWith(refusal));
        Assert.That(outcomes[0].Status, Is.EqualTo(refusal.Length == 0 ? ExecutionStatus.Returned : ExecutionStatus.Inconclusive));
        Assert.That(attached, Is.Zero);
    }

    [Test]
    public void Run_AfterAnAttemptToRunTogether_IsOfTheThreadThatItIsAttachedFor()
    {
        Outcome[] outcomes = Outcomes(Arguments, before: (program, seen) =>
        {
            seen.Reset(2, 0);
            program.RunTogether([Test(Arguments).Inputs[0].ForRun, Test(Arguments).Inputs[0].ForRun], 0, seen);
            Assert.That(seen.Materialize(0).Reason, Is.EqualTo("only programs with memory, no hook and arrays run on several threads here"));
        });

        Assert.That(outcomes.Select(outcome => outcome.Status), Is.All.EqualTo(ExecutionStatus.Returned), outcomes[0].Reason);
    }

    [Test]
    public void Guard_AskedForByTwoThreads_IsOfTheFirstAlone()
    {
        EventSupport events = Kernel.Events;

        Kernel.Network.Do(() => Assert.That(events.Guard(ProgramType.Tracing), Is.SameAs(events.Guard(ProgramType.Tracepoint)).And.Not.Empty));

        Assert.That(events.Guard(ProgramType.Kprobe), Is.Empty);
        Assert.That(() => events.Guard(ProgramType.Tracing), Throws.TypeOf<UnreachableException>());
    }

    private static TestCase Test(string text) => VectorReader.Read(text, "hooks/a.vector", "a.vector");

    /// <param name="text">Of the case.</param>
    /// <param name="after">What is done while the program is still loaded.</param>
    /// <param name="before">The same before it runs.</param>
    private static Outcome[] Outcomes(string text, Action? after = null, Action<IContendedProgram, ObservationBatch>? before = null)
    {
        TestCase test = Test(text);
        using var reference = new ReferenceTarget();
        using var kernel = KernelTarget.Create(reference);
        LoadResult load = kernel.Load(test.ToRequest());
        Assert.That(load.Verdict.Kind, Is.EqualTo(VerdictKind.Accepted), load.Verdict.Message);
        using ILoadedProgram program = load.Program!;
        var seen = new ObservationBatch();
        before?.Invoke((IContendedProgram)program, seen);
        seen.Reset(Runs, test.ToRequest().ObservedBytes, test.MapBytes);
        program.Run([.. Enumerable.Repeat(test.Inputs[0].ForRun, Runs)], seen);
        after?.Invoke();
        return [.. Enumerable.Range(0, Runs).Select(seen.Materialize)];
    }
}
