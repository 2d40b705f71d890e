using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Campaigns;

internal sealed class ReasonTextTests
{
    [TestCase("R0 invalid mem access 'scalar'", "RN invalid mem access 'scalar'")]
    [TestCase("R10 type=fp expected=ctx; R2_w=scalar(smax=4294967295)", "RN type=fp expected=ctx; RN_w=scalar(smax=N)")]
    [TestCase("mov64-imm has dst 11, expected a writable register r0–r9", "mov64-imm has dst N, expected a writable register rN–rN")]
    [TestCase("misaligned stack access off (0x0; 0xfF)+-8+0 size 8", "misaligned stack access off (N; N)+-N+N size N")]
    [TestCase("unknown opcode 8d", "unknown opcode N")]
    [TestCase("unknown opcode d5", "unknown opcode N")]
    [TestCase("helper base64 and kfunc mod3, u64 of ldimm64 and add32", "helper base64 and kfunc mod3, u64 of ldimm64 and add32")]
    [TestCase("BPF_LD_IMM64 uses reserved fields", "BPF_LD_IMM64 uses reserved fields")]
    [TestCase("E2BIG after 10ms,\targ#3", "E2BIG after Nms, arg#N")]
    public void Of_AMessage_LeavesOutNumbersThatAreOfNoName(string message, string text) =>
        Assert.That(ReasonText.Of(Verdict.Rejected(ReasonClass.Other, message)), Is.EqualTo($"Other: {text}"));

    [Test]
    public void Of_ALongMessage_IsCut() =>
        Assert.That(ReasonText.Of(Verdict.Rejected(ReasonClass.Other, new string('a', 200))), Is.EqualTo("Other: " + new string('a', 113)));
}
