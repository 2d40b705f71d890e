using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

internal sealed class ExecVerbTests
{
    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public void Exec_WithTrace_ShowsWhatEachStepChanged()
    {
        string file = _folder.Write("steps.asm", "r0 = 2\nr0 += 3\nexit\n");

        Invocation run = Bpfconf.Run("exec", file, "--target", "reference", "--trace");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.StartWith("""
            trace of run 1:
                 0: r0 = 2                                       r0=0x2
                 1: r0 += 3                                      r0=0x5
                 2: exit

            """));
    }

    [Test]
    public void Exec_WithTraceOfTwoRuns_StartsEachFromTheBeginning()
    {
        string file = _folder.Write("two.vector", "-- asm\nr0 = *(u8 *)(r1 + 0)\nexit\n-- cases\n05 -> 5\n07 -> 7\n");

        Invocation run = Bpfconf.Run("exec", file, "--target", "reference", "--trace");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.StartWith("""
            trace of run 1:
                 0: r0 = *(u8 *)(r1 + 0)                         r0=0x5
                 1: exit
            trace of run 2:
                 0: r0 = *(u8 *)(r1 + 0)                         r0=0x7
                 1: exit

            """));
    }

    [Test]
    public void Exec_WithTraceOfPackets_FollowsTheProgramsThatTheyMeet()
    {
        string file = _folder.Write(
            "packet.vector",
            "-- type\nxdp\n-- asm\nr0 = 1\nexit\n-- steps\nattach main left -> ok\narrive left 0200000000070200000001070800 -> main=1 nothing\ndetach main left -> ok\n");

        Invocation run = Bpfconf.Run("exec", file, "--target", "reference", "--trace");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.StartWith("""
            trace of step 2 (arrive left), program main:
                 0: r0 = 1                                       r0=0x1
                 1: exit
            target
            """));
    }

    [TestCase("1000000", "trace of step 1 (run), timers that call back:\n    23: r0 = 0")]
    [TestCase("20000000", "inconclusive: what timer_start (171) does here is a machine's own: timers are known that a run starts, and that are due within 5 ms or not for 1 h ")]
    public void Exec_OfATimer_FollowsItOrSaysWhyNot(string nanoseconds, string said)
    {
        string file = _folder.Write(
            "timer.vector",
            "-- type\nsched_cls\n-- maps\nm: array key 4 value 16 entries 1 timer 0\n-- asm\n*(u32 *)(r10 - 4) = 0\nr1 = map_by_fd(m) ll\nr2 = r10\nr2 += -4\ncall 1\nif r0 == 0 goto out\nr6 = r0\n"
            + "r1 = r6\nr2 = map_by_fd(m) ll\nr3 = 1\ncall 169\nr1 = r6\nr2 = code_addr(cb) ll\ncall 170\nr1 = r6\n"
            + $"r2 = {nanoseconds}\nr3 = 0\ncall 171\nout:\nr0 = 0\nexit\ncb:\nr0 = 0\nexit\n-- steps\nrun 0000000000000000000000000000 -> 0\n");

        Invocation run = Bpfconf.Run("exec", file, "--target", "reference", "--trace");

        Assert.That(run.Output, Does.Contain(said));
    }

    [Test]
    public void Exec_OfAProgramWithAContext_ShowsWhatIsStatedAndWhatChanged()
    {
        string file = _folder.Write(
            "context.vector",
            "-- asm\n*(u32 *)(r1 + 48) = 7\nr0 = *(u32 *)(r1 + 8)\nexit\n-- type\nsched_cls\n-- packet\n000102030405060708090a0b0c0d\n-- context\nmark = 5\n-- result\n5\n-- context-after\nmark = 6\n");

        Invocation run = Bpfconf.Run("exec", file, "--target", "reference");

        Assert.That(run.Code, Is.EqualTo(1), run.Error);
        Assert.That(run.Output, Does.Match(@"\nrun +target +status .* memory +context +instructions"));
        Assert.That(run.Output, Does.Match(@"\n1 +reference +returned +0x5 .* mark = 0x5, cb\[0\] = 0x7 +3 +≠"));
        Assert.That(run.Output, Does.EndWith("reference, run 1: expected mark = 0x6, got mark = 0x5\n"));
    }

    [Test]
    public void Exec_WithTraceOfARejectedProgram_SaysSoAndShowsTheVerdict()
    {
        string file = _folder.Write("dead.asm", "r0 = 0\ngoto +1\nr0 = 1\nexit\n");

        Invocation plain = Bpfconf.Run("exec", file, "--target", "reference");
        Invocation traced = Bpfconf.Run("exec", file, "--target", "reference", "--trace");

        Assert.That((traced.Code, traced.Error), Is.EqualTo((0, string.Empty)));
        Assert.That(plain.Output, Does.Match("^target +verdict +reason *\nreference +rejected +UnreachableCode at 2: no path leads here *\n$"));
        Assert.That(traced.Output, Is.EqualTo("nothing to trace: the reference does not load it: no path leads here\n" + plain.Output));
    }

    [Test]
    public void Exec_WithTraceOfAFileWithoutRuns_SaysSo()
    {
        string file = _folder.Write("fine.vector", "-- asm\nr0 = 0\nexit\n-- rejected\n");

        Assert.That(
            Bpfconf.Run("exec", file, "--target", "reference", "--trace").Output, Does.StartWith("nothing to trace: the file has no runs\ntarget "));
    }

    [Test]
    public void Exec_WithMemory_ShowsTheOutcome()
    {
        string file = _folder.Write("load.asm", "r0 = *(u16 *)(r1 + 1)\nexit\n");

        Invocation run = Bpfconf.Run("exec", file, "--target", "reference", "--memory", "00112233");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Match("1 +reference +returned +0x2211 .* 00112233 +2"));
    }

    [Test]
    public void Exec_WithMemoryFromAFile_ReadsItsBytes()
    {
        string file = _folder.Write("load.asm", "r0 = *(u8 *)(r1 + 1)\nexit\n");
        string memory = _folder.Write("memory.bin", "\u0001\u0002\u0003");

        Invocation run = Bpfconf.Run("exec", file, "--target", "reference", "--memory", $"@{memory}");

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Match("1 +reference +returned +0x2 .* 010203 "));
    }

    [Test]
    public void Exec_OfAVector_RunsItsInputs()
    {
        string file = _folder.Write("load.vector", "-- asm\nr0 = *(u8 *)(r1 + 0)\nexit\n-- cases\n2a -> 0x2a\nff -> 0xfe\n");

        Invocation run = Bpfconf.Run("exec", file, "--target", "reference");

        Assert.That(run.Code, Is.EqualTo(1));
        Assert.That(run.Output, Does.Match("1 +reference +returned +0x2a ").And.Match("2 +reference +returned +0xff .* ≠"));
        Assert.That(run.Output, Does.EndWith("reference, run 2: expected r0 = 0xfe, got r0 = 0xff\n"));
    }

    [Test]
    public void Exec_OfAMemoryThatIsNotAsStated_ShowsWhere()
    {
        string zeros = new('0', 40);
        string file = _folder.Write("store.vector", $"-- asm\n*(u8 *)(r1 + 20) = 5\nr0 = 0\nexit\n-- cases\n{zeros}00{zeros} -> 0 / {zeros}06{zeros}\n");

        Invocation run = Bpfconf.Run("exec", file, "--target", "reference");

        Assert.That(run.Code, Is.EqualTo(1));
        Assert.That(run.Output, Does.Match(@"\n1 +reference +returned .* …00000000 \[20\] 05000000… +3 +≠ *\n"));
        Assert.That(run.Output, Does.EndWith("reference, run 1: expected memory[20] = 0x06, got memory[20] = 0x05\n"));
    }

    [Test]
    public void Exec_OfAFault_SaysKindAndPc()
    {
        string file = _folder.Write("wild.asm", "r0 = *(u64 *)(r1 + 8)\nexit\n");

        Invocation run = Bpfconf.Run("exec", file, "--target", "reference", "--memory", "00112233");

        Assert.That(run.Output, Does.Contain("faulted: OutOfBoundsLoad at 0"));
    }

    [TestCase("reference", "no path leads here")]
    [TestCase("kernel", "unreachable insn 2")]
    public void Exec_OfARejectedProgram_SaysWhereAndWhy(string target, string why)
    {
        if (TargetRegistry.All.Single(entry => entry.Name == target).WhyUnavailable() is { } reason) Assert.Ignore(reason);
        string file = _folder.Write("dead.asm", "r0 = 0\ngoto +1\nr0 = 1\nexit\n");

        Invocation run = Bpfconf.Run("exec", file, "--target", target, "--memory", "00112233");

        Assert.That(run.Output, Does.Match($"{target} +rejected +UnreachableCode at 2: {why} *\n"));
    }
}
