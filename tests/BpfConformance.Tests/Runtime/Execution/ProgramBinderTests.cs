using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Runtime.Execution;

/// <summary>How what a program may not do is told: with what it is attached to, where others of its type may.</summary>
[TestFixture]
internal sealed class ProgramBinderTests
{
    [TestCase(ProgramType.Tracing, AttachType.TraceRawTp, "get_func_arg", "programs of type Tracing for TraceRawTp may not call helper 183 (get_func_arg)")]
    [TestCase(ProgramType.Tracing, default(AttachType), "get_func_arg", "programs of type Tracing for TraceRawTp may not call helper 183 (get_func_arg)", Description = "what a load names that names nothing")]
    [TestCase(ProgramType.CgroupSockAddr, AttachType.CgroupUdp4Recvmsg, "get_retval", "programs of type CgroupSockAddr for CgroupUdp4Recvmsg may not call helper 186 (get_retval)")]
    [TestCase(ProgramType.Xdp, AttachType.XdpDevmap, "get_func_arg", "programs of type Xdp may not call helper 183 (get_func_arg)")]
    [TestCase(ProgramType.StructOps, default(AttachType), "map_lookup_elem", "programs of type StructOps may not call helper 1 (map_lookup_elem)", Description = "no member may")]
    public void Check_OfAHelperThatIsForbidden_SaysToWhom(ProgramType type, AttachType attachType, string helper, string expected)
    {
        ValidationError? error = ProgramBinder.Check(Program($"call {helper}", type, attachType), []);

        Assert.That((error?.Reason, error?.Pc, error?.Message), Is.EqualTo((ReasonClass.UnknownHelper, 0, expected)));
    }

    [TestCase(ProgramType.Tracing, AttachType.TraceRawTp, "programs of type Tracing for TraceRawTp may not sleep")]
    [TestCase(ProgramType.StructOps, AttachType.CgroupInetEgress, "programs of type StructOps for CgroupInetEgress may not sleep")]
    [TestCase(ProgramType.Xdp, AttachType.XdpDevmap, "programs of type Xdp may not sleep")]
    [TestCase(ProgramType.Tracing, AttachType.TraceFentry, null)]
    [TestCase(ProgramType.StructOps, AttachType.CgroupInetSockCreate, null)]
    [TestCase(ProgramType.Kprobe, AttachType.TraceUprobeMulti, null)]
    [TestCase(ProgramType.Syscall, default(AttachType), null)]
    public void Check_OfAProgramThatIsToSleep_SaysWhoMayNot(ProgramType type, AttachType attachType, string? expected)
    {
        BpfProgram program = Program("r0 = 0", type, attachType) with { Flags = ProgramFlags.Sleepable };

        Assert.That(ProgramBinder.Check(program, [])?.Message, Is.EqualTo(expected));
    }

    [TestCase(ProgramType.Syscall, ProgramFlags.None, false)]
    [TestCase(ProgramType.Kprobe, ProgramFlags.Sleepable, false)]
    [TestCase(ProgramType.Kprobe, ProgramFlags.TestRndHi32, true)]
    public void Check_OfAMapThatOnlyTheAwakeMayName_LooksAtTypeAndFlags(ProgramType type, ProgramFlags flags, bool expected)
    {
        BpfProgram program = Program("r1 = map_by_fd(0) ll", type, default) with { Flags = flags };

        Assert.That(ProgramBinder.Check(program, [new("m", MapType.PerfEventArray, 4, 4, 1)]) is null, Is.EqualTo(expected));
    }

    private static BpfProgram Program(string text, ProgramType type, AttachType attachType) =>
        new(Assembler.Assemble($"{text}\nr0 = 0\nexit").Instructions, type) { AttachType = attachType };
}
