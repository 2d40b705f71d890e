using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class ExpectationOracleTests
{
    private const string Program = "-- asm\nr0 = 5\nexit\n";
    private const string Returns = Program + "-- result\n5\n";
    private const string Leaves = Program + "-- memory\n0000 0000\n-- result\n5\n-- memory-after\n0000 1f00\n";

    private static Finding[] Judge(string vector, TargetRun run) =>
        [.. new ExpectationOracle().Judge(new Experiment(VectorReader.Read(vector, "x.vector", "x.vector"), [run]))];

    private static TargetRun Rejected(ReasonClass reason) => new("x", Verdict.Rejected(reason, "because", pc: 1), null);

    [Test]
    public void Judge_AsStated_FindsNothing() =>
        Assert.That(Judge(Returns, FakeTarget.Accepted("x", FakeTarget.Returned(5))), Is.Empty);

    [Test]
    public void Judge_WrongR0_IsFound() =>
        Assert.That(
            Judge(Returns, FakeTarget.Accepted("x", FakeTarget.Returned(6))),
            Is.EqualTo(new[] { new Finding("expectation", "x", Facets.R0, 0, "r0 = 0x5", "r0 = 0x6") }));

    [TestCase(0xfful, 0)]
    [TestCase(0x1fful, 1)]
    public void Judge_R0SeenInPart_ComparesOnlyThat(ulong mask, int findings) =>
        Assert.That(Judge(Returns, FakeTarget.Accepted("x", FakeTarget.Returned(0x105) with { R0Mask = mask })), Has.Length.EqualTo(findings));

    [Test]
    public void Judge_WrongMemory_NamesTheFirstByte() =>
        Assert.That(
            Judge(Leaves, FakeTarget.Left("x", 5, 0, 0, 0x2f, 1)),
            Is.EqualTo(new[] { new Finding("expectation", "x", Facets.Data, 0, "memory[2] = 0x1f", "memory[2] = 0x2f") { Offset = 2, Line = 9 } }));

    [Test]
    public void Judge_MaskedByte_IsNotCompared()
    {
        TargetRun run = FakeTarget.Left("x", 5, 0, 0, 0x2f, 0);
        run.Observations!.DataMask(0)[2] = 0x0f;

        Assert.That(Judge(Leaves, run), Is.Empty);
    }

    [Test]
    public void Judge_MemoryOfAnotherLength_IsFound() =>
        Assert.That(
            Judge(Leaves, FakeTarget.Left("x", 5, 0, 0, 0x1f))[0],
            Is.EqualTo(new Finding("expectation", "x", Facets.Data, 0, "memory[3] = 0x00", "memory of 3 bytes") { Offset = 3, Line = 9 }));

    [Test]
    public void Judge_FaultInsteadOfResult_IsFoundWithItsPc() =>
        Assert.That(
            Judge(Returns, FakeTarget.Accepted("x", FakeTarget.Faulted(FaultKind.OutOfBoundsLoad, 1))),
            Is.EqualTo(new[] { new Finding("expectation", "x", Facets.Status, 0, "returned 0x5", "fault OutOfBoundsLoad at pc 1", 1) }));

    [TestCase(ExecutionStatus.TimedOut, "instruction budget used up")]
    [TestCase(ExecutionStatus.Crashed, "crashed")]
    public void Judge_OtherEnd_IsFound(ExecutionStatus status, string got) =>
        Assert.That(
            Judge(Returns, FakeTarget.Accepted("x", Observation.Nothing with { Status = status })).Single().Got, Is.EqualTo(got));

    [Test]
    public void Judge_InconclusiveRun_SaysNothing()
    {
        TargetRun run = FakeTarget.Accepted("x", FakeTarget.Returned(6));
        run.Observations!.SetInconclusive(0, "the twin was rejected");

        Assert.That(Judge(Returns, run), Is.Empty);
    }

    [TestCase(ReasonClass.TooLarge)]
    [TestCase(ReasonClass.Other)]
    public void Judge_RejectedThoughItReturns_IsFound(ReasonClass reason) =>
        Assert.That(
            Judge(Returns, Rejected(reason)),
            Is.EqualTo(new[] { new Finding("expectation", "x", Facets.Status, null, "accepted", $"rejected ({reason}): because", 1) }));

    [TestCase("-- rejected\nTooLarge\n", "rejected (TooLarge)")]
    [TestCase("-- malformed\n", "rejected as malformed")]
    public void Judge_AcceptedThoughItMustNotBe_IsFound(string section, string expected) =>
        Assert.That(
            Judge(Program + section, FakeTarget.Accepted("x")),
            Is.EqualTo(new[] { new Finding("expectation", "x", Facets.Status, null, expected, "accepted") }));

    [Test]
    public void Judge_AcceptedThoughARunWouldShowWhy_HasAHint() =>
        Assert.That(
            Judge(Program + "-- rejected\nOutOfBoundsAccess\n", FakeTarget.Accepted("x")).Single().Got,
            Is.EqualTo("accepted (a machine without a verifier finds it out in a run: '-- faults' states that for all machines)"));

    [TestCase("-- rejected\n", ReasonClass.TooLarge, 0)]
    [TestCase("-- rejected\nTooLarge\n", ReasonClass.TooLarge, 0)]
    [TestCase("-- rejected\nTooLarge, TooComplex\n", ReasonClass.TooComplex, 0)]
    [TestCase("-- rejected\nTooLarge\n", ReasonClass.Other, 0)]
    [TestCase("-- rejected\nTooLarge\n", ReasonClass.TooComplex, 1)]
    [TestCase("-- malformed\nUnknownOpcode\n", ReasonClass.TooComplex, 1)]
    [TestCase("-- result\nrejected or 5\n", ReasonClass.TooComplex, 0)]
    [TestCase("-- result\nrejected ShiftOutOfRange or 5\n", ReasonClass.TooComplex, 1)]
    [TestCase("-- faults\nOutOfBoundsLoad\n", ReasonClass.OutOfBoundsAccess, 0)]
    [TestCase("-- faults\nOutOfBoundsLoad\n", ReasonClass.Other, 0)]
    [TestCase("-- faults\nbudget\n", ReasonClass.InfiniteLoop, 0)]
    [TestCase("-- faults\nbudget\n", ReasonClass.Other, 0)]
    public void Judge_Rejected_IsHeldAgainstTheReasons(string section, ReasonClass reason, int findings) =>
        Assert.That(Judge(Program + section, Rejected(reason)), Has.Length.EqualTo(findings));

    [TestCase("", FaultKind.OutOfBoundsStore, 9, Facets.None)]
    [TestCase("OutOfBoundsLoad", FaultKind.OutOfBoundsLoad, 9, Facets.None)]
    [TestCase("OutOfBoundsLoad at 3", FaultKind.OutOfBoundsLoad, 3, Facets.None)]
    [TestCase("OutOfBoundsLoad at 3", FaultKind.None, -1, Facets.None)]
    [TestCase("OutOfBoundsLoad at 3", FaultKind.OutOfBoundsStore, 3, Facets.FaultKind)]
    [TestCase("OutOfBoundsLoad at 3", FaultKind.OutOfBoundsLoad, 4, Facets.FaultPc)]
    public void Judge_Fault_IsHeldAgainstKindAndPlace(string faults, FaultKind kind, int pc, Facets facet)
    {
        Finding[] findings = Judge($"{Program}-- faults\n{faults}\n", FakeTarget.Accepted("x", FakeTarget.Faulted(kind, pc)));

        Assert.That(findings.Aggregate(Facets.None, (all, finding) => all | finding.Facet), Is.EqualTo(facet));
    }

    [TestCase("OutOfBoundsLoad at 3", "fault OutOfBoundsLoad at pc 3")]
    [TestCase("budget", "instruction budget used up")]
    public void Judge_ReturnedThoughItMustNot_IsFound(string faults, string expected)
    {
        Finding finding = Judge($"{Program}-- faults\n{faults}\n", FakeTarget.Accepted("x", FakeTarget.Returned(5))).Single();

        Assert.That((finding.Facet, finding.Expected, finding.Got), Is.EqualTo((Facets.Status, expected, "returned 0x5")));
    }

    [Test]
    public void Judge_Unsupported_SaysNothing() =>
        Assert.That(Judge(Returns, new TargetRun("x", Verdict.Unsupported(ReasonClass.NotImplemented, "no"), null)), Is.Empty);
}
