using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Campaigns;
using BpfConformance.Targets.Kernel;
using BpfConformance.Tests.Cli;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>What the kernel writes to its log while it is used.</summary>
internal sealed class KernelLogTests
{
    private TemporaryFolder _folder = null!; // before each test

    private KernelTarget _target = null!; // as above

    private string _log = string.Empty;

    [SetUp]
    public void Open()
    {
        _folder = new TemporaryFolder();
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        _log = _folder.Write("kmsg", "4,1,1000,-;verifier bug: before all this\n");
        _target = KernelTarget.Create(new StubGate(), _folder.Write("tainted", "0\n"), _log);
    }

    [TearDown]
    public void Close()
    {
        _target?.Dispose();
        _folder.Dispose();
    }

    [TestCase("4,2,2000,-;verifier bug: REG INVARIANTS VIOLATION (false_reg1): range bounds violation\n", "verifier bug: REG INVARIANTS VIOLATION (false_reg1): range bounds violation")]
    [TestCase("6,2,2000,-;lo: up\n4,3,2001,c;WARNING: CPU: 1 PID: 7 at kernel/bpf/verifier.c:2786\n SUBSYSTEM=x\n", "WARNING: CPU: 1 PID: 7 at kernel/bpf/verifier.c:2786")]
    [TestCase("4,2,2000,-;general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#1] SMP\n", "general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#1] SMP")]
    [TestCase("1,2,2000,-;BUG: unable to handle page fault\n", "BUG: unable to handle page fault")]
    public void Load_WhileTheKernelFindsSomethingWrong_IsACrashWithTheLineAndTheProgram(string record, string line)
    {
        Load().Program!.Dispose();
        File.AppendAllText(_log, record);

        TargetException trouble = Assert.Throws<TargetException>(() => Load());

        Assert.That(trouble.IsCrash);
        Assert.That(trouble.Message, Is.EqualTo($"the kernel found something wrong in itself with program 59f4a931744dcdc6; its log says: {line}"));
        Assert.That(Load().Verdict, Is.EqualTo(Verdict.Accepted), "each line is told once");
    }

    [TestCase("4,2,2000,-;verifier bug: REG INVARIANTS VIOLATION (false_reg1)\n", "512\n", true)]
    [TestCase("4,2,2000,-;verifier bug: REG INVARIANTS VIOLATION (false_reg1)\n", "640\n", false, Description = "and an oops")]
    [TestCase("4,2,2000,-;WARNING: CPU: 1 PID: 7 at mm/page_alloc.c:5000\n", "512\n", false)]
    public void Load_AfterAWarning_GoesOnWhereTheVerifierWarnedOfItself(string record, string taint, bool goesOn)
    {
        File.AppendAllText(_log, record);
        _folder.Write("tainted", taint);

        TargetException trouble = Assert.Throws<TargetException>(() => Load());

        Assert.That(trouble.IsCrash);
        Assert.That(() => Load().Verdict, goesOn ? Is.EqualTo(Verdict.Accepted) : Throws.TypeOf<TargetException>());
    }

    [Test]
    public void Others_OfThisProcess_AreNotToldAgain()
    {
        string taint = Path.Combine(_folder.FullName, "tainted");
        using KernelTarget other = KernelTarget.Create(new StubGate(), taint, _log);
        File.AppendAllText(_log, "4,2,2000,-;verifier bug: REG INVARIANTS VIOLATION (false_reg1)\n");
        _folder.Write("tainted", "512\n");

        Assert.Throws<TargetException>(() => Load());

        Assert.That(other.Load(Request([Move(0, 0), Exit])).Verdict, Is.EqualTo(Verdict.Accepted), "it is not what this program did");
        File.AppendAllText(_log, "4,3,2001,-;verifier bug: another\n");
        Assert.Throws<TargetException>(() => other.Load(Request([Move(0, 0), Exit])));
        File.AppendAllText(_log, "4,4,2002,-;verifier bug: a third\n");
        Assert.That(Assert.Throws<TargetException>(() => Load()).Message, Does.EndWith("a third"), "though what comes before it was told");
    }

    [TestCase("4,2,2000,-;verifier bug: REG INVARIANTS VIOLATION (false_reg1)\n", "512\n", null)]
    [TestCase("4,2,2000,-;verifier bug: REG INVARIANTS VIOLATION (false_reg1)\n", "640\n", "the kernel became tainted (new bits 0x280)")]
    [TestCase("4,2,2000,-;WARNING: CPU: 1 PID: 7 at mm/page_alloc.c:5000\n", "512\n", "the kernel became tainted (new bits 0x200)")]
    public void Campaign_AfterAWarning_GoesOnWhereATargetDoes(string record, string taint, string? problem)
    {
        using var watch = new KernelTaint(Path.Combine(_folder.FullName, "tainted"), _log);
        File.AppendAllText(_log, record);
        Assert.That(watch.Problem, Is.Null, "the log is written before the kernel is tainted");
        _folder.Write("tainted", taint);

        Assert.That(watch.Problem, Is.EqualTo(problem));
    }

    [TestCase("12,2,2000,-;verifier bug: says a program\n")]
    [TestCase("6,2,2000,-;lo: up\n")]
    [TestCase("6,2,2000,-;traps: vm[24249] general protection fault ip:7f5a8e5390a0 sp:7ffdc4b4d1d0 error:0 in vm\n", Description = "another process")]
    [TestCase("4,2,2000,-;fine\n WARNING: in a dictionary\n")]
    [TestCase("no record at all, verifier bug\n")]
    public void Load_WhileOthersWriteToTheLog_IsNothing(string record)
    {
        File.AppendAllText(_log, record);

        Assert.That(Load().Verdict, Is.EqualTo(Verdict.Accepted));
    }

    private LoadResult Load() => _target.Load(Request([Move(0, 0), Exit]));
}
