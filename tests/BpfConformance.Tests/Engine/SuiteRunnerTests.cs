using System.Collections.Concurrent;
using System.Collections.Immutable;
using BpfConformance.Abi.Validation;
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

    /// <summary>Time enough for another worker to come by.</summary>
    private static readonly TimeSpan s_company = TimeSpan.FromMilliseconds(50);

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

    [Test]
    public void Run_CasesWithContention_RunAloneAfterTheOthers()
    {
        const string Contended = "-- maps\nm: array key 4 value 8 entries 1\n-- asm\nr0 = 0\nexit\n-- contention\nm: threads 2 records 2\n-- result\n0\n";
        TestCase contended = VectorReader.Read(Contended, "c.vector", "c.vector");
        ImmutableArray<TestCase> cases = [contended, .. s_cases, contended];
        var order = new ConcurrentQueue<string>();
        int busy = 0;
        var alone = new ConcurrentBag<bool>();
        var runner = new SuiteRunner(
            () => [FakeTarget.Returning("fake", 0)],
            experiment =>
            {
                // The judge is called by the worker that has run the case.
                Interlocked.Increment(ref busy);
                if (experiment.Case.Contention is not null) alone.Add(!SpinWait.SpinUntil(() => Volatile.Read(ref busy) > 1, s_company));
                order.Enqueue(experiment.Case.Name);
                Interlocked.Decrement(ref busy);
                return CaseJudge.ForVectors.Judge(experiment);
            });

        ImmutableArray<ImmutableArray<CaseResult>> results = runner.Run(cases, _ => { }, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(alone, Is.EqualTo(new[] { true, true }));
            Assert.That(order.TakeLast(2), Is.EqualTo(new[] { "c.vector", "c.vector" }));
            Assert.That(results.Select(each => each.Single().Case.Name), Is.EqualTo(cases.Select(test => test.Name)));
        });
    }

    /// <summary>What fails now and then for want of memory is asked again, and what is wrong stays wrong.</summary>
    [TestCase(1, -12, 169, CaseStatus.Passed, 1)]
    [TestCase(2, -12, 169, CaseStatus.Passed, 2)]
    [TestCase(1000, -12, 169, CaseStatus.Failed, 2)]
    [TestCase(1, 7, 169, CaseStatus.Inconclusive, 1)]
    [TestCase(2, 7, 169, CaseStatus.Inconclusive, 2)]
    [TestCase(1000, 7, 169, CaseStatus.Failed, 2)]
    [TestCase(1, -12, 170, CaseStatus.Failed, 0)]
    [TestCase(0, -12, 169, CaseStatus.Passed, 0)]
    public void Run_OfAHelperThatMayLackMemory_AsksAgain(int failures, int wrong, int helper, CaseStatus expected, int askedAgain)
    {
        int runs = 0;
        FakeTarget target = Failing("x", failures, [169], wrong, () => runs++);
        var runner = new SuiteRunner(() => [target], CaseJudge.ForVectors.Judge);

        CaseResult result = runner.Run([Calling(helper)], _ => { }, CancellationToken.None).Single().Single();

        Assert.That((result.Status, result.AskedAgain, runs), Is.EqualTo((expected, askedAgain, askedAgain + 1)));
    }

    [Test]
    public void Run_OfAHelperThatMayLackMemory_AsksOnlyWhomItMayLackFor()
    {
        var runner = new SuiteRunner(() => [Failing("x", 1, []), Failing("y", 1, [169])], CaseJudge.ForVectors.Judge);

        ImmutableArray<CaseResult> results = runner.Run([Calling(169)], _ => { }, CancellationToken.None).Single();

        Assert.That(results.Select(result => (result.Status, result.AskedAgain)), Is.EqualTo([(CaseStatus.Failed, 0), (CaseStatus.Passed, 1)]));
    }

    [Test]
    public void Run_OfWhatIsWrongOnce_SaysWhatWas()
    {
        var runner = new SuiteRunner(() => [Failing("x", 1, [169], wrong: 7)], CaseJudge.ForVectors.Judge);

        CaseResult result = runner.Run([Calling(169)], _ => { }, CancellationToken.None).Single().Single();

        Assert.That(result.Reason, Does.StartWith("differs from run to run: once expected "));
    }

    /// <summary>No lack of memory makes a machine accept what it must refuse.</summary>
    [Test]
    public void Run_OfAWrongVerdict_IsNotAskedAgain()
    {
        int loads = 0;
        var target = new FakeTarget("x")
        {
            Capabilities = new FakeTarget("x").Capabilities with { MayLackMemory = [169], Verifies = true },
            OnLoad = _ => loads++ == 0 ? Verdict.Accepted : Verdict.Rejected(ReasonClass.Other, "no"),
        };
        var runner = new SuiteRunner(() => [target], CaseJudge.ForVectors.Judge);
        TestCase test = VectorReader.Read("-- asm\ncall 169\nexit\n-- rejected\n", "x.vector", "x.vector");

        CaseResult result = runner.Run([test], _ => { }, CancellationToken.None).Single().Single();

        Assert.That((result.Status, result.AskedAgain, loads), Is.EqualTo((CaseStatus.Failed, 0, 1)));
    }

    [Test]
    public void Run_OfAMachineThatBreaks_IsNotAskedAgain()
    {
        var target = new FakeTarget("x") { Capabilities = new FakeTarget("x").Capabilities with { MayLackMemory = [169] }, OnLoad = _ => Verdict.Crashed("broken") };
        var runner = new SuiteRunner(() => [target], CaseJudge.ForVectors.Judge);

        CaseResult result = runner.Run([Calling(169)], _ => { }, CancellationToken.None).Single().Single();

        Assert.That((result.Status, result.AskedAgain, target.Loads.Count), Is.EqualTo((CaseStatus.Failed, 0, 1)));
    }

    private static TestCase Calling(int helper) => VectorReader.Read($"-- asm\ncall {helper}\nexit\n-- result\n0\n", "x.vector", "x.vector");

    /// <summary>Some runs are wrong, and all others give 0.</summary>
    private static FakeTarget Failing(string name, int failures, ImmutableSortedSet<int> mayLackMemory, int wrong = -12, Action? onRun = null) => new(name)
    {
        Capabilities = new FakeTarget(name).Capabilities with { MayLackMemory = mayLackMemory },
        OnRun = (input, _, into) =>
        {
            onRun?.Invoke();
            into[input] = FakeTarget.Returned(failures-- > 0 ? unchecked((ulong)wrong) : 0);
        },
    };

    private static FakeTarget Make(ConcurrentBag<FakeTarget> made)
    {
        FakeTarget target = FakeTarget.Returning("fake", 5);
        made.Add(target);
        return target;
    }
}
