using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Oracles;

[TestFixture]
public sealed class VerdictOracleTests
{
    private static readonly TestCase s_case = VectorReader.Read("-- asm\nr0 = 5\nexit\n-- result\n5\n", "x", "x") with { Expectation = Expectation.None };

    private static readonly TestCase s_withFunction = VectorReader.Read("-- asm\ncall f\nexit\nf:\nr0 = 5\nexit\n-- result\n5\n", "x", "x") with { Expectation = Expectation.None };

    private static TargetRun Rejected(string name, ReasonClass reason) => new(name, Verdict.Rejected(reason, "no", pc: 1), null);

    private static Finding[] Judge(TestCase test, bool tellsStricter, params ReadOnlySpan<TargetRun> runs) =>
        [.. new VerdictOracle(tellsStricter).Judge(new Experiment(test, [.. runs]))];

    [TestCase(ReasonClass.ReservedField)]
    [TestCase(ReasonClass.InvalidMapReference)]
    public void Judge_AcceptanceOfWhatTheReferenceRefuses_IsFound(ReasonClass reason) =>
        Assert.That(
            Judge(s_case, tellsStricter: false, Rejected("reference", reason), FakeTarget.Left("x64", 5)),
            Is.EqualTo(new[] { new Finding("verdict", "x64", Facets.Status, null, $"rejected ({reason}): no (as reference)", "accepted", 1) }));

    [TestCase(false, 0)]
    [TestCase(true, 1)]
    public void Judge_HelperThatNoPathComesTo_IsToldWhereAsked(bool tellsStricter, int found) =>
        Assert.That(Judge(s_case, tellsStricter, Rejected("reference", ReasonClass.UnknownHelper), FakeTarget.Left("kernel", 5)), Has.Length.EqualTo(found));

    [TestCase(ReasonClass.ReservedField, true)]
    [TestCase(ReasonClass.JumpOutOfRange, true)]
    [TestCase(ReasonClass.InvalidCallTarget, true)]
    [TestCase(ReasonClass.TooLarge, false)]
    [TestCase(ReasonClass.ShiftOutOfRange, false)]
    [TestCase(ReasonClass.OutOfBoundsAccess, false)]
    [TestCase(ReasonClass.TooComplex, false)]
    [TestCase(ReasonClass.Other, false)]
    public void Judge_RefusalOfWhatTheReferenceAccepts_IsFoundIfItIsOfTheEncoding(ReasonClass reason, bool isFound) =>
        Assert.That(Judge(s_case, tellsStricter: false, FakeTarget.Left("reference", 5), Rejected("kernel", reason)), Has.Length.EqualTo(isFound ? 1 : 0));

    [TestCase(ReasonClass.JumpOutOfRange, false)]
    [TestCase(ReasonClass.FallsOffEnd, false)]
    [TestCase(ReasonClass.UnreachableCode, false)]
    [TestCase(ReasonClass.InvalidCallTarget, true)]
    public void Judge_RefusalForTheEndsOfFunctions_IsTheMachinesOwn(ReasonClass reason, bool isFound) =>
        Assert.That(Judge(s_withFunction, tellsStricter: false, FakeTarget.Left("reference", 5), Rejected("kernel", reason)), Has.Length.EqualTo(isFound ? 1 : 0));

    [Test]
    public void Judge_EncodingRefusedOfWhatFaults_IsFound() =>
        Assert.That(
            Judge(s_case, tellsStricter: false, FakeTarget.Accepted("reference", FakeTarget.Faulted(FaultKind.OutOfBoundsLoad, 0)), Rejected("x64", ReasonClass.UnknownOpcode)),
            Has.Length.EqualTo(1));

    [Test]
    public void Judge_StricterThanAReferenceThatReturns_IsToldWhereAsked() =>
        Assert.That(
            Judge(s_case, tellsStricter: true, FakeTarget.Left("reference", 5), Rejected("kernel", ReasonClass.OutOfBoundsAccess)).Single().Expected,
            Is.EqualTo("accepted (as reference)"));

    [Test]
    public void Judge_StricterThanAReferenceThatFaults_IsNeverTold() =>
        Assert.That(
            Judge(s_case, tellsStricter: true, FakeTarget.Accepted("reference", FakeTarget.Faulted(FaultKind.OutOfBoundsLoad, 0)), Rejected("kernel", ReasonClass.OutOfBoundsAccess)),
            Is.Empty);

    [Test]
    public void Judge_VerdictThatSaysNothing_IsNoDifference() =>
        Assert.That(
            Judge(
                s_case,
                tellsStricter: true,
                FakeTarget.Left("reference", 5),
                new TargetRun("a", Verdict.Unsupported(ReasonClass.UnknownOpcode, "no"), null),
                new TargetRun("b", Verdict.Inconclusive("no"), null),
                new TargetRun("c", Verdict.Crashed("no"), null)),
            Is.Empty);

    [Test]
    public void Judge_CaseThatStatesItsVerdict_IsLeftToThat() =>
        Assert.That(
            Judge(s_case with { Expectation = new Expectation(LoadExpectation.Accepted, []) }, tellsStricter: true, FakeTarget.Left("reference", 5), Rejected("x64", ReasonClass.ReservedField)),
            Is.Empty);

    [TestCase(ReasonClass.Other, true)]
    [TestCase(ReasonClass.UnknownHelper, true)]
    [TestCase(ReasonClass.InvalidMapDefinition, true)]
    [TestCase(ReasonClass.UnknownOpcode, true)]
    [TestCase(ReasonClass.ShiftOutOfRange, false)]
    [TestCase(ReasonClass.TooLarge, false)]
    [TestCase(ReasonClass.Permission, false)]
    [TestCase(ReasonClass.OutOfBoundsAccess, false)]
    [TestCase(ReasonClass.TooComplex, false)]
    public void Judge_RefusalByAMachineWithoutAVerifier_OfWhatReturns_IsFoundUnlessAnyMachineMay(ReasonClass reason, bool isFound) =>
        Assert.That(JudgeTrusting("plugin", s_case, FakeTarget.Left("reference", 5), Rejected("plugin", reason)), Has.Length.EqualTo(isFound ? 1 : 0));

    [Test]
    public void Judge_RefusalByAMachineWithoutAVerifier_ForTheEndsOfFunctions_IsItsOwn() =>
        Assert.That(JudgeTrusting("plugin", s_withFunction, FakeTarget.Left("reference", 5), Rejected("plugin", ReasonClass.UnreachableCode)), Is.Empty);

    [Test]
    public void Judge_RefusalByAMachineWithoutAVerifier_OfWhatFaults_IsItsRight() =>
        Assert.That(JudgeTrusting("plugin", s_case, FakeTarget.Accepted("reference", FakeTarget.Faulted(FaultKind.OutOfBoundsLoad, 0)), Rejected("plugin", ReasonClass.Other)), Is.Empty);

    [Test]
    public void Judge_ThatAMachineWithoutAVerifierLacksSomething_IsNoDifference() =>
        Assert.That(JudgeTrusting("plugin", s_case, FakeTarget.Left("reference", 5), new TargetRun("plugin", Verdict.Unsupported(ReasonClass.NotImplemented, "no"), null)), Is.Empty);

    [TestCase("r0 = 5\nexit", 0, ReasonClass.ReservedField, true)]
    [TestCase("if r1 > 5 goto +0\nr0 = 5\nexit", 1, ReasonClass.ReservedField, true, Description = "both ways lead there")]
    [TestCase("if r1 > 5 goto +1\nr0 = 5\nexit", 1, ReasonClass.InvalidRegister, false)]
    [TestCase("goto +1\nr0 = 5\nexit", 1, ReasonClass.ReadOnlyRegister, false)]
    [TestCase("call f\nexit\nf:\nr0 = 5\nexit", 2, ReasonClass.ReservedField, false)]
    [TestCase("if r1 > 5 goto +1\n.raw 0xff\nexit", 1, ReasonClass.UnknownOpcode, true, Description = "of the whole program")]
    [TestCase("if r1 > 5 goto +1\nr0 = *(u8 *)skb[4]\nexit", 1, ReasonClass.UnknownOpcode, false, Description = "not in programs of this type")]
    public void Judge_AcceptanceByAVerifier_IsFoundWhereItMustHaveLooked(string assembly, int pc, ReasonClass reason, bool isFound)
    {
        TestCase test = VectorReader.Read($"-- asm\n{assembly}\n-- result\n5\n", "x", "x") with { Expectation = Expectation.None };
        var refused = new TargetRun("reference", Verdict.Rejected(reason, "no", pc), null);

        Assert.That(
            new VerdictOracle(tellsStricter: false, trusting: ["x64"], verifying: ["kernel"]).Judge(new Experiment(test, [refused, FakeTarget.Left("kernel", 5), FakeTarget.Left("x64", 5)])).Select(finding => finding.Target),
            Is.EqualTo(isFound ? new[] { "kernel", "x64" } : ["x64"]));
    }

    [TestCase(false, 1)]
    [TestCase(true, 0)]
    public void Oracles_OfGeneratedCases_HoldRefusalsAgainstTargetsWithoutAVerifier(bool verifies, int expected)
    {
        using var plugin = new FakeTarget("plugin");
        using var other = new FakeTarget("plugin") { Capabilities = plugin.Capabilities with { Verifies = verifies } };

        IReadOnlyList<Finding> findings = OracleSet.ForGeneratedOn([other]).Judge(new Experiment(s_case, [FakeTarget.Left("reference", 5), Rejected("plugin", ReasonClass.Other)]));

        Assert.That(findings, Has.Count.EqualTo(expected));
    }

    private static Finding[] JudgeTrusting(string target, TestCase test, params ReadOnlySpan<TargetRun> runs) =>
        [.. new VerdictOracle(tellsStricter: false, trusting: [target], verifying: []).Judge(new Experiment(test, [.. runs]))];
}
