using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class StateOracleTests
{
    private static readonly TestCase s_case = VectorReader.Read("-- asm\nr0 = 5\nexit\n-- memory\n00000000\n-- result\n5\n", "x", "x");

    private static readonly TestCase s_twoRuns = s_case with { Inputs = [s_case.Inputs[0], s_case.Inputs[0]] };

    private static Finding[] Judge(params ReadOnlySpan<TargetRun> runs) => [.. new StateOracle().Judge(new Experiment(runs[0].Observations?.Count == 2 ? s_twoRuns : s_case, [.. runs]))];

    private static TargetRun WithRegister(string name, int register, ulong value)
    {
        Observation run = FakeTarget.Returned(5) with { RegistersMask = (ushort)(1 << register) };
        run.Registers[register] = value;
        return FakeTarget.Accepted(name, run);
    }

    [Test]
    public void Judge_SameState_FindsNothing() =>
        Assert.That(Judge(FakeTarget.Left("reference", 5, 1, 2), FakeTarget.Left("x64", 5, 1, 2)), Is.Empty);

    [Test]
    public void Judge_OtherR0_IsFoundOfTheOther() =>
        Assert.That(
            Judge(FakeTarget.Left("reference", 5, 1), FakeTarget.Left("x64", 6, 1)),
            Is.EqualTo(new[] { new Finding("state", "x64", Facets.R0, 0, "r0 = 0x5 (as reference)", "r0 = 0x6") }));

    [Test]
    public void Judge_OtherByte_IsFoundWithItsOffset() =>
        Assert.That(
            Judge(FakeTarget.Left("reference", 5, 1, 2, 3), FakeTarget.Left("x64", 5, 1, 9, 9)),
            Is.EqualTo(new[] { new Finding("state", "x64", Facets.Data, 0, "memory[1] = 0x02 (as reference)", "memory[1] = 0x09") { Offset = 1 } }));

    [TestCase(true)]
    [TestCase(false)]
    public void Judge_ByteThatOneMasks_IsNotCompared(bool onReference)
    {
        TargetRun reference = FakeTarget.Left("reference", 5, 1, 2, 3);
        TargetRun other = FakeTarget.Left("x64", 5, 1, 9, 3);
        (onReference ? reference : other).Observations!.DataMask(0)[1] = 0;

        Assert.That(Judge(reference, other), Is.Empty);
    }

    [Test]
    public void Judge_MaskedByteBeforeAnother_NamesTheOther()
    {
        TargetRun reference = FakeTarget.Left("reference", 5, 1, 2, 3);
        reference.Observations!.DataMask(0)[1] = 0;

        Assert.That(Judge(reference, FakeTarget.Left("x64", 5, 1, 9, 9)).Single().Got, Is.EqualTo("memory[2] = 0x09"));
    }

    [Test]
    public void Judge_OtherRegister_IsFoundWithNameAndValue() =>
        Assert.That(
            Judge(WithRegister("reference", 6, 1), WithRegister("x64", 6, 2)),
            Is.EqualTo(new[] { new Finding("state", "x64", Facets.Registers, 0, "r6 = 0x1 (as reference)", "r6 = 0x2") }));

    [Test]
    public void Judge_RegistersThatOnlyOneSaw_AreNotCompared() =>
        Assert.That(Judge(WithRegister("reference", 6, 1), WithRegister("x64", 7, 2)), Is.Empty);

    [Test]
    public void Judge_OtherEnd_IsTheOnlyFinding() =>
        Assert.That(
            Judge(FakeTarget.Left("reference", 5, 1), FakeTarget.Accepted("x64", FakeTarget.Faulted(FaultKind.OutOfBoundsStore, 1))),
            Is.EqualTo(new[] { new Finding("state", "x64", Facets.Status, 0, "returned 0x5 (as reference)", "fault OutOfBoundsStore at pc 1", 1) }));

    [Test]
    public void Judge_OtherCountOfInstructions_IsFound() =>
        Assert.That(
            Judge(
                FakeTarget.Accepted("reference", FakeTarget.Returned(5) with { Instructions = 2 }),
                FakeTarget.Accepted("x64", FakeTarget.Returned(5) with { Instructions = 3 })).Single().Got,
            Is.EqualTo("3 instructions"));

    [Test]
    public void Judge_EveryRunOfEveryOther_IsJudged()
    {
        Finding[] findings = Judge(
            FakeTarget.Accepted("reference", FakeTarget.Returned(1), FakeTarget.Returned(2)),
            FakeTarget.Accepted("a", FakeTarget.Returned(1), FakeTarget.Returned(3)),
            FakeTarget.Accepted("b", FakeTarget.Returned(4), FakeTarget.Returned(2)));

        Assert.That(findings.Select(finding => (finding.Target, finding.Input)), Is.EqualTo(new (string, int?)[] { ("a", 1), ("b", 0) }));
    }

    [TestCase(false, new[] { 0 })]
    [TestCase(true, new[] { 0, 1 })]
    public void Judge_RunsUnderOneSignature_TellsTheFirstOrEvery(bool every, int[] inputs)
    {
        var experiment = new Experiment(
            s_twoRuns with { Signature = 1 },
            [
                FakeTarget.Accepted("reference", FakeTarget.Returned(1), FakeTarget.Returned(2)),
                FakeTarget.Accepted("x64", FakeTarget.Returned(3), FakeTarget.Returned(4)),
            ]);

        Assert.That(new StateOracle(every).Judge(experiment).Select(finding => finding.Input), Is.EqualTo(inputs));
    }

    [Test]
    public void Judge_ReferenceWithoutRuns_SaysNothing() =>
        Assert.That(
            Judge(new TargetRun("reference", Verdict.Rejected(ReasonClass.Other, "no"), null), FakeTarget.Left("x64", 5, 1)),
            Is.Empty);

    [TestCase(FaultKind.UninitializedRegister, 0)]
    [TestCase(FaultKind.UninitializedStack, 0)]
    [TestCase(FaultKind.InvalidPointer, 0)]
    [TestCase(FaultKind.OutOfBoundsLoad, 1)]
    public void Judge_FaultOfAProgramThatStatesNothing_BindsOthersIfTheyCanSeeIt(FaultKind fault, int findings)
    {
        var experiment = new Experiment(
            s_case with { Expectation = Expectation.None },
            [FakeTarget.Accepted("reference", FakeTarget.Faulted(fault, 0)), FakeTarget.Accepted("x64", FakeTarget.Returned(0))]);

        Assert.That(new StateOracle().Judge(experiment).Count(), Is.EqualTo(findings));
    }

    [Test]
    public void Judge_FaultThatTakesTracking_BindsThoseThatTrack()
    {
        TargetRun left = FakeTarget.Accepted("reference", FakeTarget.Faulted(FaultKind.UninitializedRegister, 0));
        TargetRun right = FakeTarget.Accepted("x", FakeTarget.Returned(0)) with { Tracks = true };
        var experiment = new Experiment(s_case with { Expectation = Expectation.None }, [left, right]);

        Assert.That(new StateOracle().Judge(experiment).Single().Got, Is.EqualTo("returned 0x0"));
    }
}
