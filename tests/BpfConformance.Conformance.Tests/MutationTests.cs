using System.Collections.Immutable;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Tests;
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

    /// <summary>A case may kill a mutant that the report lists; none may be lost.</summary>
    [Test]
    public void Survivors_OfTheWholeSuite_AreInTheReport()
    {
        string[] report = File.ReadAllLines(Repository.PathOf("reports", "mutants.md"));
        string[] survivors = [.. s_results.Value.Where(result => !result.IsKilled && result.Mutant.Equivalence is null).Select(result => $"- `{result.Mutant}`: {MutationReport.Text(result)}")];

        Assert.That(s_results.Value, Has.Length.EqualTo(MutantCatalogue.All.Length));
        Assert.That(survivors.Except(report), Is.Empty, "run bpfconf mutants --report reports/mutants.md --compare ../shared/data/bpf_conformance");
        Assert.That(report, Has.One.StartsWith($"| conformance | {MutantCatalogue.All.Length} | "));
    }
}
