using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Oracles.Variants;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Oracles.Variants;

[TestFixture]
public sealed class VariantOracleTests
{
    private static readonly TestCase s_case = VectorReader.Read("-- asm\nr0 = 5\nexit\n-- memory\n00\n-- result\n5\n", "x", "x") with { Expectation = Expectation.None };

    private static Finding[] Judge(TargetRun[] given, TargetRun[] variant, Facets same = Facets.All) =>
        [.. VariantOracle.Judge(new VariantExperiment(new Experiment(s_case, [.. given]), [(new Variant("nop", s_case) { Same = same }, new Experiment(s_case, [.. variant]))]))];

    private static TargetRun Rejected(string name, ReasonClass reason) => new(name, Verdict.Rejected(reason, "no"), null);

    private static TargetRun Counted(string name, long instructions) => FakeTarget.Accepted(name, FakeTarget.Returned(5) with { Instructions = instructions });

    [Test]
    public void Judge_SameResults_FindsNothing() =>
        Assert.That(
            Judge([FakeTarget.Left("reference", 5, 1), FakeTarget.Left("x64", 5, 1)], [FakeTarget.Left("reference", 5, 1), FakeTarget.Left("x64", 5, 1)]),
            Is.Empty);

    [Test]
    public void Judge_VariantWithAnotherResult_IsFoundOfItsTarget() =>
        Assert.That(
            Judge([FakeTarget.Left("reference", 5, 1), FakeTarget.Left("x64", 5, 1)], [FakeTarget.Left("reference", 5, 1), FakeTarget.Left("x64", 6, 1)]),
            Is.EqualTo(new[] { new Finding("variant nop", "x64", Facets.R0, 0, "r0 = 0x5 (as given)", "r0 = 0x6") { Variant = s_case } }));

    [Test]
    public void Judge_TargetThatIsWrongAsGiven_IsLeftToTheStateOracle() =>
        Assert.That(
            Judge([FakeTarget.Left("reference", 5, 1), FakeTarget.Left("x64", 7, 1)], [FakeTarget.Left("reference", 5, 1), FakeTarget.Left("x64", 6, 1)]),
            Is.Empty);

    [Test]
    public void Judge_WhatTheReferenceMasks_IsNotCompared()
    {
        TargetRun reference = FakeTarget.Left("reference", 5, 1, 2);
        reference.Observations!.DataMask(0)[1] = 0;

        Assert.That(Judge([reference, FakeTarget.Left("x64", 5, 1, 3)], [reference, FakeTarget.Left("x64", 5, 1, 4)]), Is.Empty);
    }

    [Test]
    public void Judge_WithoutARunOfTheReference_MeasuresByTheTargetItself() =>
        Assert.That(
            Judge([Rejected("reference", ReasonClass.UnknownHelper), FakeTarget.Left("x64", 5, 1)], [Rejected("reference", ReasonClass.UnknownHelper), FakeTarget.Left("x64", 6, 1)]),
            Has.Length.EqualTo(1));

    [TestCase(false, 1)]
    [TestCase(true, 0)]
    public void Judge_MachineThatBreaksWithAVariant_IsFoundUnlessItTestsItself(bool isSelfTest, int findings)
    {
        var given = new Experiment(s_case, [FakeTarget.Left("kernel", 5)]);
        var broken = new Experiment(s_case, [new TargetRun("kernel", Verdict.Crashed("it is wrong"), null)]);

        Assert.That(VariantOracle.Judge(new VariantExperiment(given, [(new Variant("flag", s_case) { IsSelfTest = isSelfTest }, broken)])).Count(finding => finding.Oracle == CrashOracle.OracleName), Is.EqualTo(findings));
    }

    [TestCase(Facets.All, 1)]
    [TestCase(Facets.All & ~Facets.Instructions, 0)]
    public void Judge_OnlyWhatStaysTheSame_IsCompared(Facets same, int findings) =>
        Assert.That(Judge([Counted("reference", 2)], [Counted("reference", 3)], same), Has.Length.EqualTo(findings));

    [TestCase(ReasonClass.UninitializedRegister, 1)]
    [TestCase(ReasonClass.TooComplex, 0)]
    public void Judge_RefusalOfTheVariant_IsFoundUnlessTheVerifierGaveUp(ReasonClass reason, int findings) =>
        Assert.That(Judge([FakeTarget.Left("kernel", 5, 1)], [Rejected("kernel", reason)]), Has.Length.EqualTo(findings));

    [TestCase(ReasonClass.UninitializedRegister, 1)]
    [TestCase(ReasonClass.TooComplex, 0)]
    public void Judge_AcceptanceOfTheVariantAlone_IsFoundUnlessTheVerifierGaveUp(ReasonClass reason, int findings) =>
        Assert.That(Judge([Rejected("kernel", reason)], [FakeTarget.Left("kernel", 5, 1)]), Has.Length.EqualTo(findings));

    [Test]
    public void Judge_RunThatUsesWhatNothingWrote_IsNotCompared() =>
        Assert.That(
            Judge(
                [FakeTarget.Accepted("reference", FakeTarget.Faulted(FaultKind.UninitializedRegister, 0)), FakeTarget.Left("x64", 5, 1)],
                [FakeTarget.Accepted("reference", FakeTarget.Faulted(FaultKind.UninitializedRegister, 0)), FakeTarget.Left("x64", 6, 1)]),
            Is.Empty);
}
