using System.Collections.Immutable;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>The suite against every mutant.</summary>
internal sealed class MutationTests
{
    private static readonly Lazy<ImmutableArray<MutantResult>> s_results = new(() =>
        new MutationScore(ProbeSet.Of(Suite.Own, CancellationToken.None)).Run(MutantCatalogue.All, _ => { }, CancellationToken.None));

    [Test]
    public void EquivalentMutants_OnTheWholeSuite_AreNotToldFromTheReference() =>
        Assert.That(s_results.Value.Where(result => result.IsKilled && result.Mutant.Equivalence is not null), Is.Empty);

    [Test]
    public void OtherMutants_OnTheWholeSuite_AreKilled()
    {
        var counts = ScoreCounts.Of(s_results.Value);
        Assert.That(counts.Mutants, Is.EqualTo(MutantCatalogue.All.Length));
        Assert.That((double)counts.Killed / (counts.Mutants - counts.Equivalent), Is.GreaterThan(0.75), "share of the mutants that die");
    }
}
