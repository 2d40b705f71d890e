using System.Collections.Immutable;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Oracles;

[TestFixture]
public sealed class CostOracleTests
{
    private const string Branch = "r0 = 5\nif r1 > 3 goto +1\nr0 = 6\nexit\n";
    private const string Loop = "r0 = 5\nl:\nr0 += -1\nif r0 != 0 goto l\nexit\n";
    private const string Function = "call f\nexit\nf:\nr0 = 5\nexit\n";

    private static readonly TestCase s_longCase = Case(string.Concat(Enumerable.Repeat("r0 = 5\n", 199)) + "exit\n");

    private static TestCase Case(string assembly) => VectorReader.Read($"-- asm\n{assembly}-- result\n5\n", "x", "x") with { Expectation = Expectation.None };

    private static Finding[] Judge(string assembly, ReasonClass reason) =>
        [.. new CostOracle(ImmutableDictionary<string, UsualCost>.Empty).Judge(new Experiment(Case(assembly), [FakeTarget.Left("reference", 5), new TargetRun("kernel", Verdict.Rejected(reason, "no"), null)]))];

    [Test]
    public void Judge_GivingUpOnFewPaths_IsFound() =>
        Assert.That(
            Judge(Branch, ReasonClass.TooComplex),
            Is.EqualTo(new[] { new Finding("cost", "kernel", Facets.Status, null, "a verdict after at most 8 instructions on all paths", "rejected (TooComplex): no") }));

    [TestCase(Loop, ReasonClass.TooComplex)]
    [TestCase(Function, ReasonClass.TooComplex)]
    [TestCase(Branch, ReasonClass.OutOfBoundsAccess)]
    public void Judge_WhatMayTakeLongOrWasNotGivenUp_IsNoFinding(string assembly, ReasonClass reason) => Assert.That(Judge(assembly, reason), Is.Empty);

    private static Finding[] Judge(LoadCost cost, string target = "machine") => Judge(s_longCase, cost, target);

    private static Finding[] Judge(TestCase test, LoadCost cost, string target = "machine")
    {
        var usual = new Dictionary<string, UsualCost> { ["machine"] = new(VerifiedInstructions: 2, CodeBytes: 10) };
        return [.. new CostOracle(usual).Judge(new Experiment(test, [FakeTarget.Left("reference", 5), FakeTarget.Left(target, 5) with { Cost = cost }]))];
    }

    [Test]
    public void Judge_FarMoreVerifiedThanUsual_IsFound() =>
        Assert.That(
            Judge(new LoadCost(20_001, 1000)),
            Is.EqualTo(new[] { new Finding("cost", "machine", Facets.Status, null, "at most 20,000 instructions verified, of a program of 200 slots", "20,001 instructions verified") }));

    [Test]
    public void Judge_FarMoreCodeThanUsual_IsFound() =>
        Assert.That(
            Judge(new LoadCost(null, 20_001)),
            Is.EqualTo(new[] { new Finding("cost in code", "machine", Facets.Status, null, "at most 20,000 bytes of code, of a program of 200 slots", "20,001 bytes of code") }));

    [TestCase(20_000L, 20_000L, "machine", TestName = "as much as may be")]
    [TestCase(1_000_000L, 1_000_000L, "another", TestName = "no usual cost is known")]
    [TestCase(null, null, "machine", TestName = "nothing was seen")]
    public void Judge_OrdinaryCost_IsNoFinding(long? verified, long? bytes, string target) =>
        Assert.That(Judge(new LoadCost(verified, bytes), target), Is.Empty);

    /// <summary>How often a verifier goes round is seen in no run that does not.</summary>
    [Test]
    public void Judge_MuchVerifiedOfALoop_IsNoFinding() => Assert.That(Judge(Case(Loop), new LoadCost(900_000, null)), Is.Empty);

    [Test]
    public void Judge_OfASmallProgram_LeavesRoomForAnEntry()
    {
        var usual = new Dictionary<string, UsualCost> { ["reference"] = new(VerifiedInstructions: 1, CodeBytes: 1) };
        TargetRun run = FakeTarget.Left("reference", 5) with { Cost = new LoadCost(10_000, 4096) };

        Assert.That(new CostOracle(usual).Judge(new Experiment(Case(Branch), [run])), Is.Empty);
    }

    [Test]
    public void Judge_ManyPaths_AreNoFinding() =>
        Assert.That(Judge(string.Concat(Enumerable.Repeat("if r1 > 3 goto +0\n", 20)) + "r0 = 5\nexit\n", ReasonClass.TooComplex), Is.Empty);
}
