using BpfConformance.Reporting.Reproducers;
using BpfConformance.Targets;
using BpfConformance.Tests;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>What was found once is looked for again; each finding is a test of its own.</summary>
internal sealed class FindingsTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>The targets that are ours to mend; of others a finding may be there for years.</summary>
    private static readonly string[] s_own = ["il", "x64"];

    private static string Corpus => Repository.PathOf("corpus", "findings");

    private static IEnumerable<TestCaseData> Findings =>
        FiledFinding.In(Corpus).Select(finding => new TestCaseData(finding).SetArgDisplayNames(Path.GetFileName(finding.Path)));

    [TestCaseSource(nameof(Findings))]
    public void Finding_LookedForAgain_IsGoneFromOurOwnMachines(FiledFinding finding)
    {
        var replay = new FindingReplay(name => TargetRegistry.Find(name) is { } entry && entry.WhyUnavailable() is null ? entry.Create() : null, s_limit);

        ReplayResult result = replay.Run(finding, DateOnly.FromDateTime(DateTime.UtcNow));

        if (result.State is ReplayState.Quarantined or ReplayState.NotAsked) Assert.Ignore(result.Detail);
        if (s_own.Contains(finding.Signature.Target)) Assert.That(result.State, Is.EqualTo(ReplayState.Gone), result.Detail);
        else Assert.That(result.State, Is.Not.EqualTo(ReplayState.Broken), result.Detail);
    }

    [Test]
    public void Corpus_HoldsFoldersOfFindingsNamedByTheirSignatures() =>
        Assert.That(FiledFinding.In(Corpus).Select(finding => Path.GetFileName(finding.Path)), Is.EqualTo(FiledFinding.In(Corpus).Select(finding => finding.Signature.Slug)));
}
