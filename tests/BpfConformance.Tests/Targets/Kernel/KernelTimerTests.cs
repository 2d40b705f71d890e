using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

[TestFixture]
internal sealed class KernelTimerTests
{
    // *(u8 *)(r1 + 0) += 1; r0 = -1
    private static readonly Instruction[] s_counter = [Slot(0x71, 3, 1), Slot(0x07, 3, 0, 0, 1), Slot(0x73, 1, 3), Move(0, -1), Exit];

    [SetUp]
    public void AskForTheKernel()
    {
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void Measure_Loop_TakesTheTimeOfItsInstructions()
    {
        using var timer = new KernelTimer(new StubGate());
        using ITimedProgram program = timer.Load(Timed(new byte[64], Move(0, 10_000), Slot(0x17, 0, 0, 0, 1), Slot(0x55, 0, 0, -2), Exit));

        // 20,000 instructions: a machine that ran none or interpreted them would be far outside.
        Assert.That(program.NanosecondsPerRun(1000), Is.InRange(500, 2_000_000));
    }

    [Test]
    public void Load_RejectedProgram_IsTroubleWithTheReason()
    {
        using var timer = new KernelTimer(new StubGate());

        Assert.That(() => timer.Load(Timed([], Exit)), Throws.TypeOf<TargetException>().With.Message.Contains("R0 !read_ok"));
        Assert.That(() => timer.NanosecondsPerLoad(Timed([], Exit), runs: false, 1), Throws.TypeOf<TargetException>().With.Message.Contains("R0 !read_ok"));
    }

    [Test]
    public void Load_ProgramThatTheGateDoesNotReturnFrom_IsNotTimed()
    {
        using var timer = new KernelTimer(new StubGate { Says = _ => Observation.Nothing with { Status = ExecutionStatus.Faulted } });

        Assert.That(() => timer.Load(Timed([], Move(0, 0), Exit)), Throws.TypeOf<TargetException>().With.Message.EqualTo("not timed: stub Faulted"));
        Assert.That(() => timer.NanosecondsPerLoad(Timed([], Move(0, 0), Exit), runs: true, 1), Throws.TypeOf<TargetException>());
    }

    [Test]
    public void Observe_AfterRuns_ShowsTheLowHalfOfTheResultAndMemoryOfOneRun()
    {
        using var timer = new KernelTimer(new ReferenceTarget());
        using ITimedProgram program = timer.Load(Timed([5, 6], s_counter));
        program.NanosecondsPerRun(3);
        var seen = new ObservationBatch();
        seen.Reset(1, 2);

        program.Observe(seen);

        Assert.That((seen[0].Status, seen[0].R0, seen[0].R0Mask), Is.EqualTo((ExecutionStatus.Returned, 0xffff_fffful, 0xffff_fffful)));
        Assert.That(seen.Data(0).ToArray(), Is.EqualTo(new byte[] { 6, 6 }));
    }

    [TestCase(2)]
    [TestCase(64)]
    [TestCase(4096)]
    public void NanosecondsPerLoad_OfATypicalProgram_IsMeasuredWithItsRun(int slots)
    {
        using var timer = new KernelTimer(new ReferenceTarget());
        var run = new TimedRun(new LoadRequest(TypicalProgram.Of(slots), [], TypicalProgram.DataBytes), new RunInput(new byte[TypicalProgram.DataBytes]), RestoresMemory: true);

        Assert.That(timer.NanosecondsPerLoad(run, runs: true, 1), Is.Positive);
        Assert.That(timer.MaxSlots, Is.EqualTo(4096));
    }

    private static TimedRun Timed(byte[] input, params Instruction[] program) =>
        new(Request(program, input.Length), new RunInput(input), RestoresMemory: false);
}
