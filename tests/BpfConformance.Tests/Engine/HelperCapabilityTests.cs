using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Claims;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>Linux's helpers as a capability: other machines may have others under their numbers.</summary>
public sealed class HelperCapabilityTests
{
    private const string CallsStrtol = "-- asm\ncall strtol\nr0 = 5\ncall 5\nexit\n-- rejected\nUnknownHelper or runs\n-- result\n5\n";

    private static TargetCapabilities Having(params int[] helpers) => new FakeTarget("x").Capabilities with { Helpers = [.. helpers] };

    private static TestCase Case(string text, string name = "calls/a.vector") => VectorReader.Read(text, $"suite/{name}", name);

    [TestCase(new int[0], "lacks Linux's helper 5 (ktime_get_ns), 105 (strtol)")]
    [TestCase(new[] { 5 }, "lacks Linux's helper 105 (strtol)")]
    [TestCase(new[] { 5, 105 }, null)]
    public void Lacks_OfACaseThatCallsHelpers_NamesThoseThatAreMissing(int[] helpers, string? expected) =>
        Assert.That(Having(helpers).Lacks(Case(CallsStrtol)), Is.EqualTo(expected));

    [Test]
    public void Lacks_OnAMachineThatDoesNotSay_IsNothing() =>
        Assert.That(new FakeTarget("x").Capabilities.Lacks(Case(CallsStrtol)), Is.Null);

    [TestCase("-- asm\ncall strtol\nexit\n-- rejected\n", Description = "what must be refused for whatever reason needs nothing")]
    [TestCase("-- asm\ncall strtol\nexit\n-- rejected\nTooLarge, UnknownHelper\n", Description = "nor what may be refused for that")]
    [TestCase("-- asm\ncall 9999\nexit\n-- rejected\nUnknownHelper or runs\n-- result\n5\n", Description = "Linux has none of that number either")]
    public void Lacks_OfACaseForWhichNoHelperIsNeeded_IsNothing(string text) => Assert.That(Having().Lacks(Case(text)), Is.Null);

    [Test]
    public void Lacks_OfACaseThatMustBeRefusedForAnotherReason_NamesThem() =>
        Assert.That(Having().Lacks(Case("-- asm\ncall strtol\nexit\n-- rejected\nTooLarge\n")), Is.EqualTo("lacks Linux's helper 105 (strtol)"));

    [Test]
    public void Claim_OfAMachineWithoutHelpers_LeavesOutTheCasesThatCallThem()
    {
        const string CallX = "-- asm\nr0 = 5\ncallx r0\nexit\n-- result\n5\n";
        const string Helper = "-- asm\nr0 = 5\ncallx r0\ncall strtol\nexit\n-- rejected\nUnknownHelper or runs\n-- result\n5\n";
        CaseResult[] results =
        [
            new(Case(CallX, "callx/a.vector"), "x", CaseStatus.Passed, string.Empty, []),
            new(Case(Helper, "callx/b.vector"), "x", CaseStatus.Unsupported, "lacks", []),
        ];

        Claim with = ClaimBuilder.Build(Having(105), results).Single(claim => claim.Group == ConformanceGroup.CallX);
        Claim without = ClaimBuilder.Build(Having(), results).Single(claim => claim.Group == ConformanceGroup.CallX);

        Assert.That((with.Status, without.Status), Is.EqualTo((ClaimStatus.Fails, ClaimStatus.Conforms)));
    }
}
