using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>Reads that may fail, also those of strings in formats, of what each machine has of its own.</summary>
[TestFixture("reference")]
[TestFixture("il")]
[TestFixture("x64")]
internal sealed class ProbeReadTests(string target)
{
    [TestCase("r3 = r6", Description = "the context")]
    [TestCase("r3 = *(u64 *)(r6 + 168)", Description = "a socket")]
    [TestCase("r3 = map_by_fd(m) ll", Description = "a map as such")]
    [TestCase("r3 = r10", Description = "what lies behind its stack")]
    [TestCase("r3 = r10\nr3 += -4", Description = "and where that begins only half way")]
    [TestCase("r3 = *(u32 *)(r6 + 76)\nr3 += -4", Description = "what lies before its packet")]
    [TestCase("r3 = 0x7f0000000000 ll", Description = "perhaps a process's")]
    [TestCase("r3 = 0xffff888000000000 ll", Description = "perhaps the kernel's")]
    public void Read_OfWhatIsNotTheProgramsOwn_IsOpen(string address)
    {
        foreach (string helper in (string[])["probe_read_kernel", "probe_read_kernel_str"])
        {
            Assert.That(IsKnown(address, helper), Is.False, helper);
        }
    }

    [TestCase("r3 = r10\nr3 += -8", Description = "its own stack")]
    [TestCase("r3 = *(u32 *)(r6 + 76)", Description = "its own packet")]
    [TestCase("r3 = map_val(map_by_fd(m)) ll", Description = "its own map")]
    [TestCase("r3 = 0", Description = "nowhere")]
    [TestCase("r3 = 0x1122334455667788 ll", Description = "nowhere")]
    [TestCase("r3 = -1", Description = "nowhere")]
    public void Read_OfItsOwn_OrOfNothing_IsKnown(string address)
    {
        foreach (string helper in (string[])["probe_read_kernel", "probe_read_kernel_str", "probe_read_user", "probe_read_user_str"])
        {
            Assert.That(IsKnown(address, helper), Is.True, helper);
        }
    }

    [TestCase("r3 = r6")]
    [TestCase("r3 = map_by_fd(m) ll")]
    [TestCase("r3 = r10")]
    public void ReadUser_OfWhatOnlyTheKernelHas_Fails(string address)
    {
        foreach (string helper in (string[])["probe_read_user", "probe_read_user_str"])
        {
            Assert.That(IsKnown(address, helper), Is.True, helper);
        }
    }

    /// <summary>Only programs that trace may call those.</summary>
    [TestCase("r3 = r6", false)]
    [TestCase("r3 = r10\nr3 += -8", true)]
    public void Read_OfEitherSide_IsKnownWhereItIsItsOwn(string address, bool expected) =>
        Assert.That((IsKnown(address, "probe_read", "kprobe"), IsKnown(address, "probe_read_str", "kprobe")), Is.EqualTo((expected, expected)));

    [TestCase("r3 = r6", "0x7325", false, Description = "%s")]
    [TestCase("r3 = map_by_fd(m) ll", "0x7325", false)]
    [TestCase("*(u64 *)(r10 - 8) = 0x41\nr3 = r10\nr3 += -8", "0x7325", true)]
    [TestCase("r3 = 0", "0x7325", true)]
    [TestCase("r3 = r6", "0x73757025", true, Description = "%pus")]
    public void Format_OfAString_IsKnownWhereItIsItsOwn(string address, string format, bool expected) =>
        Assert.That(IsKnown($"*(u64 *)(r10 - 16) = {format}\n{address}", "trace_printk"), Is.EqualTo(expected));

    private bool IsKnown(string address, string helper, string type = "sched_cls")
    {
        TargetEntry entry = TargetRegistry.All.Single(entry => entry.Name == target);
        if (entry.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        using IExecutionTarget machine = entry.Create();
        TestCase test = VectorReader.Read(
            $"-- type\n{type}\n-- maps\nm: array key 4 value 8 entries 1\n-- asm\nr6 = r1\n*(u64 *)(r10 - 8) = -1\nr1 = r10\nr1 += -16\nr2 = 8\n"
            + $"{address}\ncall {helper}\nexit\n-- packet\n0102030405060708090a0b0c0d0e\n-- result\n0\n", "hooks/x.vector", "x.vector");
        using ILoadedProgram program = machine.Load(test.ToRequest()).Program!; // each of them loads
        var seen = new ObservationBatch();
        seen.Reset(1, dataBytes: 14);
        program.Run([test.Inputs[0].ForRun], seen);
        return seen[0] is { Status: ExecutionStatus.Returned, R0Mask: ulong.MaxValue };
    }
}
