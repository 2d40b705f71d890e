using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>callx is a group of one row, so that one passing case earns it.</summary>
[TestFixture]
public sealed class ClaimBuilderTests
{
    private const string Runs = "-- asm\nr0 = 5\ncallx r0\nexit\n-- result\n5\n";
    private const string Refused = "-- asm\nr0 = 5\ncallx r0\nexit\n-- rejected\n";

    private static CaseResult Result(CaseStatus status, string text = Runs, string name = "callx/a.vector") =>
        new(VectorReader.Read(text, $"suite/{name}", name), "x", status, status == CaseStatus.Passed ? string.Empty : "because", []);

    private static Claim CallX(params CaseResult[] results) => ClaimOf(ConformanceGroup.CallX, CpuVersion.V4, results);

    private static Claim ClaimOf(ConformanceGroup group, CpuVersion cpu, CaseResult[] results, TargetCapabilities? capabilities = null) =>
        ClaimBuilder.Build(capabilities ?? new FakeTarget("x").Capabilities, results)
            .Single(claim => (claim.Group, claim.Cpu) == (group, cpu));

    [Test]
    public void Build_EveryGroup_HasALineForEachVersionThatBringsRows() =>
        Assert.That(
            ClaimBuilder.Build(new FakeTarget("x").Capabilities, []).Select(claim => $"{claim.Group} {claim.Cpu}"),
            Is.EqualTo(new[]
            {
                "Base32 V1", "Base32 V3", "Base32 V4", "Base64 V1", "Base64 V2", "Base64 V4", "Atomic32 V1", "Atomic32 V3",
                "Atomic64 V1", "Atomic64 V3", "Divmul32 V1", "Divmul32 V4", "Divmul64 V1", "Divmul64 V4", "Packet V1",
                "AcquireRelease V4", "MayGoto V4", "AddressSpace V4", "CallX V4",
            }));

    [Test]
    public void Build_EveryRowInAPassingCase_Conforms() =>
        Assert.That(
            CallX(Result(CaseStatus.Passed)),
            Is.EqualTo(new Claim(ConformanceGroup.CallX, CpuVersion.V4, ClaimStatus.Conforms, new Counts(1, 0, 0, 0, 0, 0), 0, string.Empty)));

    [TestCase(CaseStatus.Failed, "callx/b.vector failed: because (suite/callx/b.vector:5)")]
    [TestCase(CaseStatus.Deviates, "callx/b.vector deviates: because (suite/callx/b.vector:5)")]
    [TestCase(CaseStatus.Inconclusive, "callx/b.vector is inconclusive: because (suite/callx/b.vector:5)")]
    [TestCase(CaseStatus.Unsupported, "callx/b.vector could not be asked: because (suite/callx/b.vector:5)")]
    public void Build_OneCaseNotRight_FailsAndNamesIt(CaseStatus status, string reason)
    {
        Claim claim = CallX(Result(CaseStatus.Passed), Result(status, Runs, "callx/b.vector"));

        Assert.That((claim.Status, claim.Reason), Is.EqualTo((ClaimStatus.Fails, reason)));
    }

    [TestCase(CaseStatus.Unsupported, ClaimStatus.Conforms)]
    [TestCase(CaseStatus.Inconclusive, ClaimStatus.Conforms)]
    [TestCase(CaseStatus.Deviates, ClaimStatus.Fails)]
    [TestCase(CaseStatus.Failed, ClaimStatus.Fails)]
    public void Build_ContentionOnAMachineWhoseThreadsNeverMet_IsLeftOut(CaseStatus status, ClaimStatus expected)
    {
        const string Contended = Runs + "-- maps\ncell: array key 4 value 8 entries 1\n-- contention\ncell: threads 2 records 2\n";

        Claim claim = CallX(Result(CaseStatus.Passed), Result(status, Contended, "callx/b.vector"));

        Assert.That(claim.Status, Is.EqualTo(expected));
    }

    [Test]
    public void Build_Failures_ComeBeforeWhatWasNotCompared() =>
        Assert.That(
            CallX(Result(CaseStatus.Inconclusive), Result(CaseStatus.Failed, Runs, "callx/b.vector")).Reason,
            Is.EqualTo("callx/b.vector failed: because (suite/callx/b.vector:5), and 1 more"));

    [TestCase(CaseStatus.Passed, "-- asm\nr0 = 5\nexit\n-- result\n5\n", "not shown: no case that passed has callx in its program")]
    [TestCase(CaseStatus.Passed, "-- asm\nr0 = 5\ncallx r0\nexit\n-- faults\n", "not shown: no case that passed has callx in its program")]
    [TestCase(CaseStatus.Passed, "-- asm\nr0 = 5\ncallx r0\nexit\n-- malformed\n", "not shown: no case that passed has callx in its program")]
    [TestCase(CaseStatus.LegalDivergence, "-- asm\nr0 = 5\ncallx r0\nexit\n-- result\nrejected or 5\n", "not shown: no case about it ran and passed")]
    public void Build_RowThatNoPassingCaseRuns_IsNotShown(CaseStatus status, string text, string reason)
    {
        Claim claim = CallX(Result(status, text));

        Assert.That((claim.Status, claim.Reason), Is.EqualTo((ClaimStatus.Fails, reason)));
    }

    [TestCase("")]
    [TestCase("-- asm\nr0 = 5\nexit\n-- faults\n")]
    public void Build_GroupThatNobodyIsAskedToRun_IsNotAwarded(string faults)
    {
        CaseResult refused = Result(CaseStatus.Passed, Refused);

        Claim claim = CallX(faults.Length == 0 ? [refused] : [refused, Result(CaseStatus.Passed, faults, "callx/b.vector")]);

        Assert.That((claim.Status, claim.Reason), Is.EqualTo((ClaimStatus.Fails, "not shown: no case of the suite runs it")));
    }

    [Test]
    public void Build_RowThatNobodyIsAskedToRun_NeedNot() =>
        Assert.That(
            CallX(Result(CaseStatus.Passed, Refused), Result(CaseStatus.Passed, "-- asm\nr0 = 5\nexit\n-- result\n5\n", "callx/b.vector")).Status,
            Is.EqualTo(ClaimStatus.Conforms));

    [TestCase(CaseStatus.Unsupported, ClaimStatus.Conforms)]
    [TestCase(CaseStatus.Inconclusive, ClaimStatus.Fails)]
    public void Build_CaseThatMustBeRejectedAndWasNotAsked_IsLeftOut(CaseStatus status, ClaimStatus expected)
    {
        Claim claim = CallX(Result(CaseStatus.Passed), Result(status, Refused, "callx/b.vector"));

        Assert.That((claim.Status, claim.Counts.Total), Is.EqualTo((expected, 2)));
    }

    [Test]
    public void Build_MalformedCases_AreNotAllLeftOut()
    {
        const string Malformed = "-- raw\n8d 00 0000 01000000\n-- malformed\n";
        CaseResult ran = Result(CaseStatus.Passed);
        CaseResult notAsked = Result(CaseStatus.Unsupported, Malformed, "callx/b.vector");

        Claim all = CallX(ran, notAsked);
        Claim part = CallX(ran, notAsked, Result(CaseStatus.Passed, Malformed, "callx/c.vector"));

        Assert.That((all.Status, all.Reason), Is.EqualTo((ClaimStatus.Fails, "not shown: it was asked none of the 1 malformed cases about it")));
        Assert.That(part.Status, Is.EqualTo(ClaimStatus.Conforms));
    }

    [Test]
    public void Build_ManyRowsNotShown_AreCounted() =>
        Assert.That(
            ClaimOf(ConformanceGroup.Packet, CpuVersion.V1, []).Reason,
            Is.EqualTo("not shown: no case that passed has ldabs8, ldabs16, ldabs32 and 3 more in its program"));

    [Test]
    public void Build_GroupOrVersionThatTheTargetLacks_IsUnsupported()
    {
        TargetCapabilities capabilities = new("1", [ConformanceGroup.Base32], CpuVersion.V3, [ProgramType.Unspecified], 4096, []);

        Claim[] claims =
        [
            ClaimOf(ConformanceGroup.CallX, CpuVersion.V4, [], capabilities),
            ClaimOf(ConformanceGroup.Base32, CpuVersion.V4, [], capabilities),
        ];

        Assert.That(claims.Select(claim => claim.Status), Is.All.EqualTo(ClaimStatus.Unsupported));
        Assert.That(claims.Select(claim => claim.Reason), Is.EqualTo(new[] { "lacks callx", "has CPU version v3" }));
    }

    [Test]
    public void Build_CasesBeyondTheScaffolding_AreCountedWhereTheTargetHasTheirGroups()
    {
        CaseResult beyond = Result(CaseStatus.Passed, "-- asm\nw0 = 5\nw0 /= 1\ncallx r0\nexit\n-- result\n5\n");
        TargetCapabilities small = new(
            "1", [ConformanceGroup.Base32, ConformanceGroup.Base64, ConformanceGroup.CallX], CpuVersion.V4, [ProgramType.Unspecified], 4096, []);

        Claim all = CallX(Result(CaseStatus.Passed), beyond);
        Claim part = ClaimOf(ConformanceGroup.CallX, CpuVersion.V4, [Result(CaseStatus.Passed), beyond], small);

        Assert.That((all.Counts.Total, all.BeyondScaffolding), Is.EqualTo((2, 1)));
        Assert.That((part.Counts.Total, part.BeyondScaffolding), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Digest_OfFiles_IsWhatSha256sumSays()
    {
        using var folder = new Cli.TemporaryFolder();
        TestCase[] cases = [.. new[] { "a", "b" }.Select(name => VectorReader.Read(Runs, folder.Write(name, $"{name}\n"), name))];

        // printf 'a\n' > a; printf 'b\n' > b; sha256sum a b | sha256sum
        Assert.That(SuiteDigest.Of(cases), Is.EqualTo("a0ec3f531bc13ffd8fa37e6c75d95bfffb69287b1c13f3b9add256d1f4f77850"));
    }
}
