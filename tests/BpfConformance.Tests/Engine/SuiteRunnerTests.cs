using System.Collections.Concurrent;
using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class SuiteRunnerTests
{
    private static readonly ImmutableArray<TestCase> s_cases =
    [
        .. Enumerable.Range(0, 100).Select(i =>
            VectorReader.Read($"-- asm\nr0 = {i}\nexit\n-- result\n{i}\n", $"{i}.vector", $"{i}.vector")),
    ];

    [Test]
    public void Run_ManyCases_GivesTheResultsInTheirOrder()
    {
        var made = new ConcurrentBag<FakeTarget>();
        int done = 0;
        var runner = new SuiteRunner(() => [Make(made)], CaseJudge.ForVectors.Judge);

        ImmutableArray<ImmutableArray<CaseResult>> results = runner.Run(s_cases, _ => done++, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(results.Select(each => each.Single().Case.Name), Is.EqualTo(s_cases.Select(test => test.Name)));
            Assert.That(results.Count(each => each.Single().Status == CaseStatus.Passed), Is.EqualTo(1));
            Assert.That(done, Is.EqualTo(100));
            Assert.That(made.Sum(target => target.Loads.Count), Is.EqualTo(100));
        });
    }

    [Test]
    public void Run_Cancelled_GivesWhatWasDone()
    {
        using var cancellation = new CancellationTokenSource();
        var runner = new SuiteRunner(() => [FakeTarget.Returning("fake", 0)], CaseJudge.ForVectors.Judge);

        ImmutableArray<ImmutableArray<CaseResult>> results = runner.Run(s_cases, _ => cancellation.Cancel(), cancellation.Token);

        // Each worker may have been in a case.
        Assert.That(results, Has.Length.InRange(1, 1 + Environment.ProcessorCount));
    }

    [Test]
    public void Run_TargetThatCannotBeMade_IsThatException()
    {
        var runner = new SuiteRunner(() => throw new TargetException("there is none"), CaseJudge.ForVectors.Judge);

        Assert.That(
            () => runner.Run(s_cases, _ => { }, CancellationToken.None),
            Throws.TypeOf<TargetException>().With.Message.EqualTo("there is none"));
    }

    private static FakeTarget Make(ConcurrentBag<FakeTarget> made)
    {
        FakeTarget target = FakeTarget.Returning("fake", 5);
        made.Add(target);
        return target;
    }
}
