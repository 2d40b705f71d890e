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

    private static TestCase Case(string assembly) => VectorReader.Read($"-- asm\n{assembly}-- result\n5\n", "x", "x") with { Expectation = Expectation.None };

    private static Finding[] Judge(string assembly, ReasonClass reason) =>
        [.. new CostOracle().Judge(new Experiment(Case(assembly), [FakeTarget.Left("reference", 5), new TargetRun("kernel", Verdict.Rejected(reason, "no"), null)]))];

    [Test]
    public void Judge_GivingUpOnFewPaths_IsFound() =>
        Assert.That(
            Judge(Branch, ReasonClass.TooComplex),
            Is.EqualTo(new[] { new Finding("cost", "kernel", Facets.Status, null, "a verdict after at most 8 instructions on all paths", "rejected (TooComplex): no") }));

    [TestCase(Loop, ReasonClass.TooComplex)]
    [TestCase(Function, ReasonClass.TooComplex)]
    [TestCase(Branch, ReasonClass.OutOfBoundsAccess)]
    public void Judge_WhatMayTakeLongOrWasNotGivenUp_IsNoFinding(string assembly, ReasonClass reason) => Assert.That(Judge(assembly, reason), Is.Empty);

    [Test]
    public void Judge_ManyPaths_AreNoFinding() =>
        Assert.That(Judge(string.Concat(Enumerable.Repeat("if r1 > 3 goto +0\n", 20)) + "r0 = 5\nexit\n", ReasonClass.TooComplex), Is.Empty);
}
