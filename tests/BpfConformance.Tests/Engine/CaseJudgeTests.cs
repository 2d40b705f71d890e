using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class CaseJudgeTests
{
    private const string Program = "-- asm\nr0 = 5\nexit\n";
    private const string Returns = Program + "-- result\n5\n";

    private static (CaseStatus Status, string Reason) Judge(string vector, TargetRun run)
    {
        var experiment = new Experiment(VectorReader.Read(vector, "x.vector", "x.vector"), [run]);
        CaseResult result = CaseJudge.ForVectors.Judge(experiment).Single();
        return (result.Status, result.Reason);
    }

    private static TargetRun Verdicted(Verdict verdict) => new("x", verdict, null);

    [Test]
    public void Judge_AllAsStated_Passes() =>
        Assert.That(Judge(Returns, FakeTarget.Accepted("x", FakeTarget.Returned(5))), Is.EqualTo((CaseStatus.Passed, string.Empty)));

    [Test]
    public void Judge_Finding_FailsWithTheFirst() =>
        Assert.That(
            Judge(Returns, FakeTarget.Accepted("x", FakeTarget.Returned(6))),
            Is.EqualTo((CaseStatus.Failed, "expected r0 = 0x5, got r0 = 0x6")));

    [TestCase(6, 5, CaseStatus.Failed, CaseStatus.Passed)]
    [TestCase(6, 7, CaseStatus.Failed, CaseStatus.Failed)]
    [TestCase(5, 6, CaseStatus.Passed, CaseStatus.Failed)]
    public void Judge_FirstTargetThatIsWrong_IsNoMeasureForTheSecond(int first, int second, CaseStatus ofFirst, CaseStatus ofSecond)
    {
        TargetRun[] runs = [FakeTarget.Accepted("first", FakeTarget.Returned((ulong)first)), FakeTarget.Accepted("second", FakeTarget.Returned((ulong)second))];
        var experiment = new Experiment(VectorReader.Read(Returns, "x.vector", "x.vector"), [.. runs]);

        Assert.That(CaseJudge.ForVectors.Judge(experiment).Select(result => result.Status), Is.EqualTo([ofFirst, ofSecond]));
    }

    [Test]
    public void Judge_AWrongSignature_IsFollowedByTheFirstRunThatDiffersFromTheReference()
    {
        TargetRun reference = FakeTarget.Accepted("reference", [.. new ulong[] { 1, 2, 3 }.Select(r0 => FakeTarget.Returned(r0) with { DataLength = 0 })]);
        TargetRun other = FakeTarget.Accepted("x", [.. new ulong[] { 1, 0x65, 0x66 }.Select(r0 => FakeTarget.Returned(r0) with { DataLength = 0 })]);
        TestCase test = VectorReader.Read(Program + "-- cases\n- -> 1\n- -> 2\n- -> 3\n", "x.vector", "x.vector");
        test = test with { Signature = Signature.Of(reference.Observations!), Inputs = [.. test.Inputs.Select(input => input with { Result = null })] };

        CaseResult[] results = [.. CaseJudge.ForVectors.Judge(new Experiment(test, [reference, other]))];

        Assert.That(results[0].Status, Is.EqualTo(CaseStatus.Passed));
        Assert.That(results[1].Findings.Select(finding => (finding.Facet, finding.Input)), Is.EqualTo(new (Facets, int?)[] { (Facets.Signature, null), (Facets.R0, 1) }));
        Assert.That((results[1].Findings[1].Expected, results[1].Findings[1].Got), Is.EqualTo(("r0 = 0x2 (as reference)", "r0 = 0x65")));
    }

    [Test]
    public void Judge_Unsupported_SaysWhy() =>
        Assert.That(
            Judge(Returns, Verdicted(Verdict.Unsupported(ReasonClass.NotImplemented, "lacks callx"))),
            Is.EqualTo((CaseStatus.Unsupported, "lacks callx")));

    [Test]
    public void Judge_Trouble_IsInconclusive() =>
        Assert.That(
            Judge(Returns, Verdicted(Verdict.Inconclusive("no descriptors left"))),
            Is.EqualTo((CaseStatus.Inconclusive, "no descriptors left")));

    [Test]
    public void Judge_LegalRejection_IsNeitherPassNorFailure() =>
        Assert.That(
            Judge(Program + "-- result\nrejected ShiftOutOfRange or 5\n", Verdicted(Verdict.Rejected(ReasonClass.ShiftOutOfRange, "invalid shift 64"))),
            Is.EqualTo((CaseStatus.LegalDivergence, "rejected (ShiftOutOfRange): invalid shift 64")));

    [TestCase("", 5, CaseStatus.LegalDivergence, "returned, where a machine may also fault")]
    [TestCase("-- result\n5\n", 5, CaseStatus.LegalDivergence, "returned, where a machine may also fault")]
    [TestCase("-- result\n6\n", 5, CaseStatus.Failed, "expected r0 = 0x6, got r0 = 0x5")]
    public void Judge_ReturnWhereAFaultIsAllowed_IsComparedWithTheResultOnly(string result, int r0, CaseStatus status, string reason)
    {
        string text = Program + "-- faults\nTooManyFrames at 0 or returns\n" + result;
        TargetRun faulted = FakeTarget.Accepted("x", FakeTarget.Faulted(FaultKind.TooManyFrames, 0));
        TargetRun returned = FakeTarget.Accepted("x", FakeTarget.Returned((ulong)r0));

        Assert.That(Judge(text, faulted), Is.EqualTo((CaseStatus.Passed, string.Empty)));
        Assert.That(Judge(text, FakeTarget.Accepted("x", FakeTarget.Faulted(FaultKind.TooManyFrames, 1))).Status, Is.EqualTo(CaseStatus.Failed));
        Assert.That(Judge(text, returned), Is.EqualTo((status, reason)));
    }

    [Test]
    public void Judge_ReturnWhereTheReferenceFaults_IsNoDifferenceWhenTheCaseAllowsBoth()
    {
        TestCase test = VectorReader.Read(Program + "-- faults\nor returns\n", "x.vector", "x.vector");
        TargetRun[] runs = [FakeTarget.Accepted("reference", FakeTarget.Faulted(FaultKind.MisalignedAtomic, 0)), FakeTarget.Accepted("x", FakeTarget.Returned(9))];

        Assert.That(
            CaseJudge.ForVectors.Judge(new Experiment(test, [.. runs])).Select(result => result.Status),
            Is.EqualTo(new[] { CaseStatus.Passed, CaseStatus.LegalDivergence }));
    }

    [TestCase("-- rejected\nTooLarge\n", ReasonClass.TooLarge, "")]
    [TestCase("-- rejected\nTooLarge\n", ReasonClass.Other, "rejected for a reason that no rule classifies: because")]
    [TestCase("-- rejected\n", ReasonClass.Other, "")]
    [TestCase("-- faults\nOutOfBoundsLoad\n", ReasonClass.OutOfBoundsAccess, "")]
    [TestCase("-- faults\nbudget\n", ReasonClass.InfiniteLoop, "")]
    public void Judge_RightRejection_Passes(string section, ReasonClass reason, string remark) =>
        Assert.That(Judge(Program + section, Verdicted(Verdict.Rejected(reason, "because"))), Is.EqualTo((CaseStatus.Passed, remark)));

    [Test]
    public void Judge_NothingSeen_IsInconclusiveNotPassed() =>
        Assert.That(
            Judge(Returns, FakeTarget.Accepted("x", FakeTarget.Returned(0) with { R0Mask = 0 })),
            Is.EqualTo((CaseStatus.Inconclusive, "not all that the case states was seen, or it holds an address, time or chance")));

    [Test]
    public void Judge_HalfOfR0Seen_IsInconclusive() =>
        Assert.That(
            Judge(Returns, FakeTarget.Accepted("x", FakeTarget.Returned(5) with { R0Mask = uint.MaxValue })),
            Is.EqualTo((CaseStatus.Inconclusive, "not all that the case states was seen, or it holds an address, time or chance")));

    [Test]
    public void Judge_OneByteOfMemoryMasked_IsInconclusive()
    {
        TargetRun run = FakeTarget.Left("x", 5, 1, 2);
        run.Observations!.DataMask(0)[1] = 0;

        Assert.That(
            Judge(Program + "-- memory\n0000\n-- result\n5\n-- memory-after\n0102\n", run).Item1,
            Is.EqualTo(CaseStatus.Inconclusive));
    }

    [Test]
    public void Judge_RejectionThatForetellsAnotherFault_Fails() =>
        Assert.That(
            Judge(Program + "-- faults\nOutOfBoundsLoad\n", Verdicted(Verdict.Rejected(ReasonClass.ReservedField, "no"))).Item1,
            Is.EqualTo(CaseStatus.Failed));

    [Test]
    public void Judge_ACrashedRun_FailsWithHow()
    {
        TargetRun run = FakeTarget.Accepted("x", FakeTarget.Returned(5));
        run.Observations!.SetCrashed(0, "ended by signal 11");

        Assert.That(Judge(Returns, run), Is.EqualTo((CaseStatus.Failed, "expected an answer, got crashed: ended by signal 11")));
    }

    [Test]
    public void Judge_Crash_Fails() =>
        Assert.That(
            Judge(Returns, Verdicted(Verdict.Crashed("tainted"))),
            Is.EqualTo((CaseStatus.Failed, "expected an answer, got crashed: tainted")));

    [Test]
    public void Judge_RemarkOfTheTarget_IsTold()
    {
        TargetRun run = FakeTarget.Accepted("x", FakeTarget.Returned(5));
        run.Observations!.Remark = "r6–r9 were not compared";

        Assert.That(Judge(Returns, run), Is.EqualTo((CaseStatus.Passed, "r6–r9 were not compared")));
    }

    [Test]
    public void Judge_SomeRunsInconclusive_IsInconclusiveAsAWhole()
    {
        TargetRun run = FakeTarget.Accepted("x", [.. new ulong[] { 1, 2, 3 }.Select(r0 => FakeTarget.Returned(r0) with { DataLength = 0 })]);
        run.Observations!.SetInconclusive(1, "branches on time");

        Assert.That(
            Judge(Program + "-- cases\n- -> 1\n- -> 2\n- -> 3\n", run),
            Is.EqualTo((CaseStatus.Inconclusive, "1 of 3 runs: branches on time")));
    }

    [Test]
    public void Judge_FaultSeen_Passes() =>
        Assert.That(
            Judge(Program + "-- faults\n", FakeTarget.Accepted("x", FakeTarget.Faulted(FaultKind.OutOfBoundsLoad, 0))),
            Is.EqualTo((CaseStatus.Passed, string.Empty)));

    [Test]
    public void Judge_WhatTwoOraclesFind_IsToldOnce()
    {
        var experiment = new Experiment(
            VectorReader.Read(Returns, "x", "x"),
            [FakeTarget.Accepted("reference", FakeTarget.Returned(5)), FakeTarget.Accepted("x64", FakeTarget.Returned(6))]);

        CaseResult[] results = [.. CaseJudge.ForVectors.Judge(experiment)];

        Assert.Multiple(() =>
        {
            Assert.That(results.Select(result => result.Status), Is.EqualTo(new[] { CaseStatus.Passed, CaseStatus.Failed }));
            Assert.That(results[1].Findings.Select(finding => finding.Oracle), Is.EqualTo(new[] { "expectation" }));
        });
    }

    [Test]
    public void Judge_ProgramThatStatesNothing_PassesWhenItAgrees()
    {
        TestCase test = VectorReader.Read(Returns, "x", "x") with { Expectation = Expectation.None };
        var experiment = new Experiment(
            test, [FakeTarget.Accepted("reference", FakeTarget.Returned(5)), FakeTarget.Accepted("x64", FakeTarget.Returned(6))]);

        Assert.That(
            CaseJudge.ForPrograms.Judge(experiment).Select(result => result.Status),
            Is.EqualTo(new[] { CaseStatus.Passed, CaseStatus.Failed }));
    }
}
