using System.Diagnostics;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Probes;
using BpfConformance.Targets.Kernel.Syscalls;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Events;

/// <summary>Contexts that no system call causes are refused with the field that is the reason.</summary>
[TestFixture]
internal sealed class HookEventTests
{
    /// <summary>Nothing is caused here.</summary>
    private static readonly Lazy<FileDescriptor> s_none = new(() => throw new UnreachableException());

    [TestCase(ProgramType.CgroupSockAddr, AttachType.CgroupInet4Bind, "user_port", 0x901f, 0, null)]
    [TestCase(ProgramType.CgroupSockAddr, AttachType.CgroupInet4Bind, "user_port", 0x901f, 1, "there is no packet where an address is told")]
    [TestCase(ProgramType.CgroupSockAddr, AttachType.CgroupUnixConnect, "family", 1, 0, "sockets of AF_UNIX are not made here")]
    [TestCase(ProgramType.CgroupSock, AttachType.CgroupInetSockCreate, "mark", 0, 0, null)]
    [TestCase(ProgramType.CgroupSock, AttachType.CgroupInet4PostBind, "src_port", 0, 0, "src_port is 0; bind gives every socket a port")]
    [TestCase(ProgramType.CgroupSockopt, AttachType.CgroupSetsockopt, "optlen", 4, 16, null)]
    [TestCase(ProgramType.CgroupSockopt, AttachType.CgroupSetsockopt, "optlen", 4, 4, "4 bytes of data; from optval to optval_end are 16 where optlen is 4")]
    [TestCase(ProgramType.CgroupSockopt, AttachType.CgroupSetsockopt, "optlen", -1, 16, "optlen is -1; the kernel refuses such an option before it comes to programs")]
    [TestCase(ProgramType.CgroupSockopt, AttachType.CgroupGetsockopt, "optlen", 0, 65, "65 bytes of data; at most 64 are looked at")]
    [TestCase(ProgramType.CgroupSysctl, AttachType.CgroupSysctl, "write", 1, 1, "there is no packet where a setting is told")]
    [TestCase(ProgramType.CgroupDevice, AttachType.CgroupDevice, "access_type", 0x60001, 0, null)]
    [TestCase(ProgramType.CgroupDevice, AttachType.CgroupDevice, "access_type", 0x20003, 0, "the low half of access_type is 3; there are block devices (1) and character devices (2)")]
    [TestCase(ProgramType.CgroupDevice, AttachType.CgroupDevice, "access_type", 0x30002, 0, "the high half of access_type is 3; it can be 1 (mknod), 2 (read), 4 (write) and 6")]
    [TestCase(ProgramType.CgroupDevice, AttachType.CgroupDevice, "major", 4096, 0, "major is more than 4095")]
    public void WhyNot_NamesTheField(ProgramType type, AttachType hook, string field, int value, int dataBytes, string? reason)
    {
        ContextLayout layout = ProgramTypeTable.Find(type, hook)!.Context!.Value.Layout;
        var wanted = new WantedContext(hook, new byte[layout.SizeBytes], new byte[dataBytes]);
        wanted.Set(layout.Field(field), value);
        using var places = new ProbePlaces();
        IHookEvent happens = HookEvents.Of(type, places, s_none)!;
        happens.Complete(wanted);

        Assert.That(happens.WhyNot(wanted), Is.EqualTo(reason));
    }

    [TestCase(ProgramType.Kprobe, "ip", 0x100000ul, null)]
    [TestCase(ProgramType.Kprobe, "ip", 0x1fffful, "ip is less than 0x20000; the code from a page before it on must be mapped")]
    [TestCase(ProgramType.Kprobe, "orig_ax", 5ul, "orig_ax is not -1, and there is no system call")]
    [TestCase(ProgramType.Kprobe, "csx", 0x23ul, "csx is not 0x33, as it is in 64-bit mode")]
    [TestCase(ProgramType.Kprobe, "ssx", 0x33ul, "ssx is not 0x2b, as it is in 64-bit mode")]
    [TestCase(ProgramType.Kprobe, "flags", 0x302ul, "flags are not 0x202 and some of 0x244cd5")]
    [TestCase(ProgramType.Kprobe, "flags", 0x244ed7ul, null)]
    [TestCase(ProgramType.PerfEvent, "sample_period", 1ul << 63, "sample_period is more than 0x7fffffffffffffff")]
    [TestCase(ProgramType.PerfEvent, "addr", 0x10000ul, null)]
    [TestCase(ProgramType.PerfEvent, "addr", 0xfffful, "addr is less than 0x10000; nothing is mapped there")]
    [TestCase(ProgramType.PerfEvent, "addr", 5ul, "addr is less than 0x10000; nothing is mapped there")]
    [TestCase(ProgramType.PerfEvent, "addr", 0x101000ul, "addr is near ip, and code is not written here")]
    public void WhyNot_OfEightBytes_NamesTheField(ProgramType type, string field, ulong value, string? reason)
    {
        ContextLayout layout = ProgramTypeTable.Find(type, default)!.Context!.Value.Layout;
        var wanted = new WantedContext(default, new byte[layout.SizeBytes], []);
        BitConverter.TryWriteBytes(wanted[layout.Field(field)], value);
        using var places = new ProbePlaces();
        IHookEvent happens = HookEvents.Of(type, places, s_none)!;
        happens.Complete(wanted);

        Assert.That(happens.WhyNot(wanted), Is.EqualTo(reason));
    }

    [TestCase(8, 1, "the option of task_prctl_unknown is positive; prctl may have such an option")]
    [TestCase(11, 0x80, null)]
    [TestCase(12, 1, "the four bytes behind the option of task_prctl_unknown are zeros")]
    [TestCase(47, 1, null)]
    [TestCase(48, 1, "the record of task/task_prctl_unknown has 48 bytes")]
    public void WhyNot_OfARecord_NamesTheBytes(int offset, byte value, string? reason)
    {
        var wanted = new WantedContext(default, new byte[ContextTables.TracepointRecord.SizeBytes], []);
        wanted.All[offset] = value;
        using var places = new ProbePlaces();

        Assert.That(HookEvents.Of(ProgramType.Tracepoint, places, s_none)!.WhyNot(wanted), Is.EqualTo(reason));
    }

    [TestCase(40, 0, 0, 0, null)]
    [TestCase(40, 3, 0x80, 0, null)]
    [TestCase(40, 39, 1, 0, null)]
    [TestCase(40, 3, 1, 0, "the option of task_prctl_unknown is positive; prctl may have such an option")]
    [TestCase(40, 7, 1, 0, "the four bytes behind the option of task_prctl_unknown are zeros")]
    [TestCase(40, 0, 0, 1, "there is no packet at a tracepoint")]
    [TestCase(0, 0, 0, 0, "0 arguments; task_prctl_unknown has 5")]
    [TestCase(32, 0, 0, 0, "4 arguments; task_prctl_unknown has 5")]
    [TestCase(48, 0, 0, 0, "6 arguments; task_prctl_unknown has 5")]
    public void WhyNot_OfArguments_SaysWhatATracepointHas(int bytes, int offset, byte value, int dataBytes, string? reason)
    {
        var wanted = new WantedContext(AttachType.TraceRawTp, new byte[bytes], new byte[dataBytes]);
        if (offset < bytes) wanted.All[offset] = value;
        using var places = new ProbePlaces();

        Assert.That(HookEvents.Of(ProgramType.Tracing, places, s_none)!.WhyNot(wanted), Is.EqualTo(reason));
    }

    [TestCase("00000000", 0, null)]
    [TestCase("e4ffffff", 0, null)]
    [TestCase("f2ffffff", 0, null)]
    [TestCase("ffffffff", 0, "the buffer has the number -1 in it; at bpf_test_finish it is 0, -28 or -14")]
    [TestCase("", 0, "a packet of 0 bytes; the buffer of bpf_test_finish has 4")]
    [TestCase("0000000000000000", 0, "a packet of 8 bytes; the buffer of bpf_test_finish has 4")]
    [TestCase("00000000", 1, "bpf_test_finish has one argument, the address of the buffer")]
    public void WhyNot_OfABuffer_SaysWhatATracepointHas(string buffer, byte secondArgument, string? reason)
    {
        var wanted = new WantedContext(default, new byte[ContextTables.WritableArguments.SizeBytes], Convert.FromHexString(buffer));
        wanted.All[8] = secondArgument;
        using var places = new ProbePlaces();

        Assert.That(HookEvents.Of(ProgramType.RawTracepointWritable, places, s_none)!.WhyNot(wanted), Is.EqualTo(reason));
    }

    [TestCase(ProgramType.Xdp)]
    [TestCase(ProgramType.Unspecified)]
    public void Of_TypesThatTestRunDrives_IsNothing(ProgramType type)
    {
        using var places = new ProbePlaces();

        Assert.That(HookEvents.Of(type, places, s_none), Is.Null);
        Assert.That(HookEvents.AreOf(type), Is.False);
    }
}
