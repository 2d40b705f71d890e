using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Timing;
using BpfConformance.Tests.Cli;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Timing;

[TestFixture]
internal sealed class NativeTimerTests
{
    private const string Counter = "#include <stdint.h>\nuint64_t entry(uint8_t *memory, uint64_t length) { memory[0]++; return ~length; }\n";

    private readonly TemporaryFolder _folder = new();
    private NativeTimer _timer = null!; // set before every test that is not skipped

    [OneTimeSetUp]
    public void Open()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("the C is compiled on Linux");
        if (NativeCompiler.TryFind(out string problem) is not { } compiler)
        {
            Assert.Ignore(problem);
            return;
        }

        _timer = new NativeTimer(compiler);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _timer?.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void Observe_AfterRuns_ShowsResultAndMemoryOfOneRun()
    {
        using ITimedProgram program = _timer.Load(Timed("counter.c", Counter));
        program.NanosecondsPerRun(3);
        var seen = new ObservationBatch();
        seen.Reset(1, 2);

        program.Observe(seen);

        Assert.That((seen[0].Status, seen[0].R0, seen[0].R0Mask), Is.EqualTo((ExecutionStatus.Returned, ~2ul, ulong.MaxValue)));
        Assert.That(seen.Data(0).ToArray(), Is.EqualTo(new byte[] { 6, 9 }));
    }

    [Test]
    public void Load_OfOneNameTwice_GivesTheNewOne()
    {
        using ITimedProgram first = _timer.Load(Timed("twice.c", Counter));
        using ITimedProgram second = _timer.Load(Timed("twice.c", Counter.Replace("++", "--", StringComparison.Ordinal)));
        var seen = new ObservationBatch();
        seen.Reset(1, 2);

        second.Observe(seen);

        Assert.That(seen.Data(0)[0], Is.EqualTo(4));
    }

    [TestCase("long entry(void) { return broken; }\n", "gcc does not compile .*error: .*broken")]
    [TestCase("long other(void) { return 0; }\n", "nothing.c has no function 'entry'")]
    [TestCase(null, "there is no file of its name with C")]
    public void Load_OfWhatIsNoProgram_IsTroubleWithTheReason(string? source, string reason) =>
        Assert.That(() => _timer.Load(Timed("nothing.c", source)), Throws.TypeOf<TargetException>().With.Message.Match($"(?s){reason}"));

    [Test]
    public void Dispose_OfATimer_LeavesNoFiles()
    {
        var timer = new NativeTimer(NativeCompiler.TryFind(out _)!);
        string[] before = Folders();
        timer.Load(Timed("counter.c", Counter)).Dispose();

        timer.Dispose();

        Assert.That(before.Except(Folders()), Has.Exactly(1).Items);
    }

    private static string[] Folders() => Directory.GetDirectories(Path.GetTempPath(), "bpfconf-native*");

    private TimedRun Timed(string name, string? source)
    {
        Instruction[] program = [Exit];
        string? path = source is null ? null : _folder.Write(name, source);
        return new TimedRun(Request(program, 2), new RunInput(new byte[] { 5, 9 }), RestoresMemory: false) { Source = path };
    }
}
