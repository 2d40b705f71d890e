using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.InProcess;

[TestFixture]
internal sealed class InProcessTimerTests
{
    // r0 = *(u8 *)(r1 + 0) += 1; also leaves something on the stack
    private static readonly Instruction[] s_counter = [Slot(0x71, 0, 1), Slot(0x07, 0, 0, 0, 1), Slot(0x73, 1, 0), Slot(0x7b, 10, 0, -8), Exit];

    private readonly InProcessTimer _timer = new("some", ReferenceTarget.Loader(HandlerTable.Checked));

    [Test]
    public void NanosecondsPerRun_OfManyRuns_LeavesMemoryAsTheyLeftIt()
    {
        // Reads beyond its memory, and faults, once the third run has counted to 8.
        Instruction[] program = [.. s_counter[..3], Slot(0x0f, 1, 0), Slot(0x71, 2, 1), Move(0, 0), Exit];
        using ITimedProgram timed = _timer.Load(Timed(program, 5, restores: false));

        Assert.That(timed.NanosecondsPerRun(2), Is.Positive);
        Assert.That(() => timed.NanosecondsPerRun(1), Throws.TypeOf<TargetException>().With.Message.EqualTo("the run ended with Faulted"));
    }

    [Test]
    public void NanosecondsPerRun_WithMemoryRestored_StartsEachFromTheInput()
    {
        Instruction[] program = [.. s_counter[..3], Slot(0x0f, 1, 0), Slot(0x71, 2, 1), Move(0, 0), Exit];
        using ITimedProgram timed = _timer.Load(Timed(program, 5, restores: true));

        Assert.That(timed.NanosecondsPerRun(100), Is.Positive);
    }

    [Test]
    public void Observe_AfterRuns_ShowsOneRunFromTheInput()
    {
        using ITimedProgram timed = _timer.Load(Timed(s_counter, 5, restores: false));
        timed.NanosecondsPerRun(3);
        var seen = new ObservationBatch();
        seen.Reset(1, 8);

        timed.Observe(seen);

        Assert.That((seen[0].Status, seen[0].R0, seen[0].Instructions), Is.EqualTo((ExecutionStatus.Returned, 6ul, 5L)));
        Assert.That(seen.Data(0).ToArray(), Is.EqualTo(new byte[] { 6, 0, 0, 0, 0, 0, 0, 0 }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void NanosecondsPerLoad_OfALongProgram_IsMoreThanOfAShortOne(bool runs)
    {
        Instruction[] shortest = [Move(0, 0), Exit];
        Instruction[] longer = [.. Enumerable.Repeat(Move(0, 0), 4095), Exit];

        Assert.That(Least(longer), Is.GreaterThan(Least(shortest)));

        // Whatever else the machine does only makes a measurement greater.
        double Least(Instruction[] program) =>
            Enumerable.Range(0, 5).Min(_ => _timer.NanosecondsPerLoad(Timed(program, 5, restores: false), runs, 3));
    }

    [Test]
    public void Load_OfWhatDoesNotLoad_IsTroubleWithTheReason()
    {
        TimedRun run = Timed([Slot(0x07, 11), Exit], 0, restores: false);

        Assert.That(() => _timer.Load(run), Throws.TypeOf<TargetException>().With.Message.EqualTo("add64-imm has dst 11, expected a writable register r0–r9"));
        Assert.That(() => _timer.NanosecondsPerLoad(run, runs: false, 1), Throws.TypeOf<TargetException>().With.Message.EqualTo("add64-imm has dst 11, expected a writable register r0–r9"));
    }

    [Test]
    public void NanosecondsPerLoad_OfWhatFaults_IsTrouble() => Assert.That(
        () => _timer.NanosecondsPerLoad(Timed([Slot(0x79, 0, 0), Exit], 0, restores: false), runs: true, 1),
        Throws.TypeOf<TargetException>().With.Message.EqualTo("the run ended with Faulted"));

    private static TimedRun Timed(Instruction[] program, byte first, bool restores) =>
        new(Request(program, 8), new RunInput(new byte[] { first, 0, 0, 0, 0, 0, 0, 0 }), restores);
}
