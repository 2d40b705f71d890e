using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Events;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Events;

/// <summary>Contexts that no system call causes are refused with the field that is the reason.</summary>
[TestFixture]
internal sealed class HookEventTests
{
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
        IHookEvent happens = HookEvents.Of(type)!;
        happens.Complete(wanted);

        Assert.That(happens.WhyNot(wanted), Is.EqualTo(reason));
    }

    [TestCase(ProgramType.Xdp)]
    [TestCase(ProgramType.Unspecified)]
    public void Of_TypesThatTestRunDrives_IsNothing(ProgramType type) => Assert.That(HookEvents.Of(type), Is.Null);
}
