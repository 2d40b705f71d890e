using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>Every vector on every target, one test a pair, as <c>bpfconf run</c> judges it.</summary>
[TestFixtureSource(nameof(TargetNames))]
internal sealed class VectorTests(string targetName)
{
    private readonly List<IExecutionTarget> _targets = [];
    private CaseRunner? _runner;

    private static IEnumerable<string> TargetNames => TargetRegistry.All.Select(entry => entry.Name);

    private static IEnumerable<TestCaseData> Cases =>
        Suite.Own.Concat(Suite.Older).Select(test => new TestCaseData(test).SetArgDisplayNames(test.Name));

    [OneTimeSetUp]
    public void Open()
    {
        TargetEntry entry = TargetRegistry.All.Single(each => each.Name == targetName);
        if (entry.WhyUnavailable() is { } reason) Assert.Ignore($"{targetName}: {reason}");

        // The reference comes first, so that others are held against it, too.
        TargetEntry reference = TargetRegistry.All[0];
        ImmutableArray<TargetEntry> entries = entry == reference ? [reference] : [reference, entry];
        _targets.AddRange(entries.Select(each => each.Create()));
        _runner = new CaseRunner(_targets, CaseJudge.ForVectors.Judge);
    }

    [OneTimeTearDown]
    public void Close() => _targets.ForEach(target => target.Dispose());

    [TestCaseSource(nameof(Cases))]
    public void Vector_OnTarget_MeetsExpectation(TestCase test)
    {
        CaseResult result = Suite.Deviations.Apply(_runner!.Run(test)[^1]);

        switch (result.Status)
        {
            case CaseStatus.Passed or CaseStatus.LegalDivergence:
                Assert.That(result.Findings, Is.Empty);
                break;
            case CaseStatus.Failed:
                Assert.Fail($"{test.File}: {string.Join("\n", result.Findings)}");
                break;
            case CaseStatus.Deviates:
                // Declared, and seen to be so: once it is not, the case has failed.
                Assert.That(result.Reason, Is.Not.Empty);
                break;
            case CaseStatus.Unsupported:
                // A capability that was probed says so; the note of the vector repeats it for people.
                Assert.That(result.Reason, Is.Not.Empty);
                break;
            case CaseStatus.Inconclusive when test.Contention is not null && Environment.ProcessorCount < 2:
                Assert.Ignore($"one processor: {result.Reason}");
                break;
            case CaseStatus.Inconclusive:
                Assert.Fail($"{test.File}: nothing was compared: {result.Reason}");
                break;
        }
    }
}
