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

    private static BpfProgram Program(string text, ProgramType type, AttachType attachType) =>
        new(Assembler.Assemble($"{text}\nr0 = 0\nexit").Instructions, type) { AttachType = attachType };
}
