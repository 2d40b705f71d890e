using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Oracles;
using BpfConformance.Tests.Engine.Reduction;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Findings;

public sealed class FindingInspectorTests
{
    [TestCase("crashed: died of SIGSEGV", "SIGSEGV")]
    [TestCase("crashed: ended with exit code 139", "exit code 139")]
    [TestCase("crashed: InvalidOperationException: no", "InvalidOperationException")]
    [TestCase("crashed: the kernel became tainted (new bits 0x80) with program 12ab; it is not used any more", "new bits 0x80")]
    [TestCase(
        "crashed: the kernel became tainted (new bits 0x200) with program 12ab; it is not used any more; its log says: WARNING: CPU: 1 PID: 4711 at kernel/bpf/core.c:2553 select+0x1a/0x20",
        "WARNING: CPU: N PID: N at kernel/bpf/core.c:N select+N/N")]
    [TestCase(
        "crashed: the kernel found something wrong in itself with program 12ab; its log says: verifier bug: REG INVARIANTS VIOLATION (true_reg1): u64=[0x1, 0x0] s32=[-5, 7]",
        "verifier bug: REG INVARIANTS VIOLATION (true_regN): uN=[N, N] sN=[N, N]")]
    [TestCase("crashed: the verifier found something wrong in itself: verifier bug: callback 7 unexpected regs", "verifier bug: callback N unexpected regs")]
    public void SignatureOf_ACrash_HasHowItBroke(string got, string form)
    {
        var inspector = new FindingInspector(new FakeTarget("reference"), new FakeTarget("kernel"), OracleSet.ForGenerated);

        FindingSignature signature = inspector.SignatureOf(ReducerTests.CaseOf("r0 = 0\nexit"), new Finding(CrashOracle.OracleName, "kernel", Facets.Status, null, "an answer", got));

        Assert.That(signature.Form, Is.EqualTo(form));
    }
}
