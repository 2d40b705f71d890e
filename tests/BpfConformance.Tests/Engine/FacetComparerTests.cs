using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>What machines may see or do differently, and what not.</summary>
public sealed class FacetComparerTests
{
    [TestCase(FaultKind.InvalidPointer, FaultKind.OutOfBoundsLoad, Facets.None, Description = "one of them tracks values")]
    [TestCase(FaultKind.UninitializedStack, FaultKind.OutOfBoundsLoad, Facets.None)]
    [TestCase(FaultKind.OutOfBoundsStore, FaultKind.OutOfBoundsLoad, Facets.FaultKind)]
    [TestCase(FaultKind.UninitializedRegister, FaultKind.InvalidPointer, Facets.FaultKind, Description = "both do")]
    [TestCase(FaultKind.None, FaultKind.OutOfBoundsLoad, Facets.None, Description = "one did not say")]
    public void Differences_OfFaultKinds_AreThoseThatBothCouldTell(FaultKind left, FaultKind right, Facets expected) =>
        Assert.That(Differences(FakeTarget.Faulted(left, 3), FakeTarget.Faulted(right, 3)), Is.EqualTo(expected));

    [TestCase(ExecutionStatus.Returned, Facets.Instructions)]
    [TestCase(ExecutionStatus.Faulted, Facets.Instructions)]
    [TestCase(ExecutionStatus.TimedOut, Facets.None, Description = "a budget may be looked at block by block")]
    public void Differences_OfInstructionCounts_CountUnlessTheBudgetRanOut(ExecutionStatus status, Facets expected)
    {
        Observation run = Observation.Nothing with { Status = status, Instructions = 10 };

        Assert.That(Differences(run, run with { Instructions = 11 }), Is.EqualTo(expected));
    }

    [TestCase(3, 1ul, Facets.None)]
    [TestCase(3, 2ul, Facets.HelperTrace)]
    [TestCase(4, 1ul, Facets.HelperTrace)]
    [TestCase(-1, 2ul, Facets.None, Description = "one did not show it")]
    public void Differences_OfHelperTraces_AreInCountOrHash(long calls, ulong hash, Facets expected)
    {
        Observation run = FakeTarget.Returned(0) with { HelperCalls = 3, HelperHash = 1 };

        Assert.That(Differences(run, run with { HelperCalls = calls, HelperHash = hash }), Is.EqualTo(expected));
    }

    private static Facets Differences(Observation left, Observation right) => FacetComparer.Differences(
        FakeTarget.Accepted("a", left).Observations!, 0, FakeTarget.Accepted("b", right).Observations!, 0, Mask.Everything);
}
