using System.Collections.Immutable;
using BpfConformance.Cli;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Reporting;
using BpfConformance.Tests;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>The suite against every mutant.</summary>
internal sealed class MutationTests
{
    private static readonly Lazy<ImmutableArray<MutantResult>> s_results = new(() =>
        new MutationScore(ProbeSet.Of(Suite.Own, CancellationToken.None)).Run(MutantCatalogue.All, _ => { }, CancellationToken.None));

    [Test]
    public void EveryMutant_OnTheWholeSuite_IsKilledOrProvenNotToBe()
    {
        Assert.That(s_results.Value, Has.Length.EqualTo(MutantCatalogue.All.Length));
        Assert.That(s_results.Value.Where(result => result.IsWrong).Select(result => $"{result.Mutant}: {result.Problem}"), Is.Empty);
    }

    /// <summary>The committed report has another suite beside this one: a row more, and a last column.</summary>
    [Test]
    public void Report_OfTheSuite_IsTheCommittedOne()
    {
        string[] committed = File.ReadAllText(Repository.PathOf("reports", "mutants.md")).TrimEnd('\n').Split('\n');
        var writer = new StringWriter();
        MutationMarkdown.Write(new MutationReport(SuiteScores.Of("conformance", s_results.Value), Other: null), writer);
        string[] fresh = writer.ToString().TrimEnd('\n').Split('\n');

        Assert.That(
            fresh.Where(line => !committed.Any(old => old.StartsWith(line, StringComparison.Ordinal))), Is.Empty,
            "write the report again: bpfconf mutants --compare ../shared/data/bpf_conformance --report reports/mutants.md");
        Assert.That(committed, Has.Length.EqualTo(fresh.Length + 1));
    }
}
