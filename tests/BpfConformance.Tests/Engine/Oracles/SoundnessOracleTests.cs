using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Oracles;

[TestFixture]
public sealed class SoundnessOracleTests
{
    private static readonly TestCase s_case = VectorReader.Read("-- asm\nr0 = 5\nexit\n-- result\n5\n", "x", "x") with { Expectation = Expectation.None };

    private static Finding[] Judge(params ReadOnlySpan<TargetRun> runs) => [.. new SoundnessOracle(["kernel"]).Judge(new Experiment(s_case, [.. runs]))];

    private static TargetRun Faulting(params ReadOnlySpan<FaultKind> kinds)
    {
        Observation[] runs = new Observation[kinds.Length];
        for (int i = 0; i < runs.Length; i++) runs[i] = kinds[i] == FaultKind.None ? FakeTarget.Returned(5) : FakeTarget.Faulted(kinds[i], 1);
        return FakeTarget.Accepted("reference", runs);
    }

    private static TargetRun Accepting(string name) => FakeTarget.Accepted(name, Observation.Nothing with { Status = ExecutionStatus.Inconclusive });

    [Test]
    public void Judge_AcceptedAndFaultsOnTheReference_IsFoundOnceWithTheRun() =>
        Assert.That(
            Judge(Faulting(FaultKind.None, FaultKind.OutOfBoundsLoad, FaultKind.OutOfBoundsLoad), Accepting("kernel")),
            Is.EqualTo(new[] { new Finding("soundness", "kernel", Facets.FaultKind, 1, "rejected, or no fault", "accepted, and fault OutOfBoundsLoad at pc 1 on reference", 1) }));

    [TestCase(FaultKind.UninitializedRegister, 1)]
    [TestCase(FaultKind.InvalidPointer, 1)]
    [TestCase(FaultKind.MisalignedAtomic, 1)]
    [TestCase(FaultKind.UninitializedStack, 0)]
    [TestCase(FaultKind.None, 0)]
    public void Judge_AcceptedByWhoVerifies_IsFoundForFaultsThatAVerifierForesees(FaultKind kind, int findings) =>
        Assert.That(Judge(Faulting(kind), Accepting("kernel")), Has.Length.EqualTo(findings));

    [Test]
    public void Judge_AcceptedByWhoDoesNotVerify_IsNoPromise() =>
        Assert.That(Judge(Faulting(FaultKind.OutOfBoundsLoad), Accepting("x64")), Is.Empty);

    [Test]
    public void Judge_Rejected_IsSound() =>
        Assert.That(Judge(Faulting(FaultKind.OutOfBoundsLoad), new TargetRun("kernel", Verdict.Rejected(ReasonClass.OutOfBoundsAccess, "no"), null)), Is.Empty);

    [Test]
    public void Judge_EndlessRun_IsNoFault() =>
        Assert.That(Judge(FakeTarget.Accepted("reference", Observation.Nothing with { Status = ExecutionStatus.TimedOut }), Accepting("kernel")), Is.Empty);

    [TestCase(FaultKind.OutOfBoundsLoad, 0)]
    [TestCase(FaultKind.InvalidPointer, 1)]
    public void Judge_SyscallProgram_IsGivenItsContextUnverified(FaultKind fault, int findings)
    {
        TestCase test = VectorReader.Read("-- type\nsyscall\n-- asm\nr0 = *(u32 *)(r1 + 0)\nexit\n-- faults\n", "x", "x") with { Expectation = Expectation.None };

        Assert.That(new SoundnessOracle(["kernel"]).Judge(new Experiment(test, [Faulting(fault), Accepting("kernel")])), Has.Exactly(findings).Items);
    }
}
