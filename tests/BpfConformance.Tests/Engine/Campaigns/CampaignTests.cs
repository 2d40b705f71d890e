using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Targets;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Targets.InProcess;
using BpfConformance.Tests.Cli;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Campaigns;

internal sealed class CampaignTests
{
    private const int Cases = (5 * RangePlan.CasesInRange) + 3;

    private TemporaryFolder _folder = new();
    private List<IExecutionTarget> _targets = [];

    [SetUp]
    public void Begin() => (_folder, _targets) = (new TemporaryFolder(), []);

    [TearDown]
    public void End()
    {
        _targets.ForEach(target => target.Dispose());
        _folder.Dispose();
    }

    [Test]
    public void Cases_OfASeed_AreTheSameForAnyNumberOfWorkers()
    {
        CaseCounts one = Run(workers: 1).Counts;
        CaseCounts three = Run(workers: 3).Counts;

        Assert.That(one.Programs, Is.EqualTo(Cases));
        Assert.That((three.Programs, three.Slots, three.Digest), Is.EqualTo((one.Programs, one.Slots, one.Digest)));
        Assert.That(one.Digest, Is.Not.Zero);
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Worker_ThatEndsInACase_IsOneFindingAndItsCaseIsLeftOut(int workers)
    {
        var asked = new ConcurrentBag<long>();

        CampaignState state = Run(workers, index =>
        {
            asked.Add(index);
            return index is 300 or 301 ? "SIGSEGV" : null;
        });

        FoundCase found = state.Found.Values.Single();
        Assert.That($"{found.Signature}", Is.EqualTo("crash | generator |  | SIGSEGV"));
        Assert.That($"{found.Case}", Is.EqualTo("tiny:7:300"));
        Assert.That(found.Text, Does.Contain("its last words"));
        Assert.That(state.Counts.Findings, Is.EqualTo(new Dictionary<string, long> { [found.Signature.Slug] = 2 }));
        Assert.That(state.Counts.Programs, Is.EqualTo(Cases));
        Assert.That((state.DoneBelow, state.DoneAbove, state.Lost), Is.EqualTo((6, state.DoneAbove.Clear(), state.Lost.Clear())));
        Assert.That(asked.Count(index => index == 300), Is.EqualTo(1));
    }

    [Test]
    public void Worker_ThatHangsInACase_IsKilledAndTheCaseIsAFinding()
    {
        CampaignState state = Run(workers: 1, index => index == 5 ? FakeWorker.Hangs : null);

        Assert.That(state.Found.Values.Select(found => $"{found.Signature} at {found.Case}"), Is.EqualTo(new[] { "crash | generator |  | hang at tiny:7:5" }));
        Assert.That(state.Counts.Programs, Is.EqualTo(Cases));
    }

    /// <summary>A filer asks about a finding for long; who does not answer at all is told from it, and sooner.</summary>
    [TestCase(true, 0.2, "crash | filer |  | slow")]
    [TestCase(false, 3600, "crash | mutant |  | hang")]
    public void Worker_ThatFilesForTooLong_IsSlowUnlessATargetHangs(bool isAskingOn, double filingSeconds, string signature)
    {
        int started = 0;
        CampaignProgress progress = ProgressOf(CampaignState.Start);
        var campaign = new Campaign(Settings(1) with { FilingLimit = TimeSpan.FromSeconds(filingSeconds) }, progress, seat => started++ == 0
            ? new FilingWorker(new CaseJournal(JournalOf(seat)) { Targets = ["reference", "mutant"] }, isAskingOn)
            : WorkerOf(seat, _ => null));

        campaign.Run(() => { }, CancellationToken.None);

        Assert.That(progress.State.Found.Values.Select(found => $"{found.Signature} at {found.Case}"), Is.EqualTo(new[] { $"{signature} at tiny:7:0" }));
        Assert.That(progress.State.Counts.Programs, Is.EqualTo(Cases));
    }

    [Test]
    public void Worker_ThatNeverBeginsACase_EndsTheCampaign()
    {
        using var targets = new ReferenceTarget();
        var campaign = new Campaign(Settings(1), ProgressOf(CampaignState.Start), seat => new DeadWorker(new CaseJournal(JournalOf(seat))));

        Assert.That(() => campaign.Run(() => { }, CancellationToken.None), Throws.TypeOf<TargetException>().With.Message.EqualTo("the campaign's worker was never there, and had no case in hand: no such file"));
    }

    [Test]
    public void Campaign_ThatGoesOn_RunsWhatIsNotDoneAndNothingElse()
    {
        CampaignState whole = Run(workers: 1, index => index == 700 ? "SIGILL" : null);
        using var stop = new CancellationTokenSource();
        var first = new ConcurrentBag<long>();
        CampaignState half = Run(workers: 1, index =>
        {
            first.Add(index);
            if (index == 600) stop.Cancel();
            return index == 700 ? "SIGILL" : null;
        }, cancellation: stop.Token);
        var second = new ConcurrentBag<long>();

        CampaignState end = Run(workers: 2, index =>
        {
            second.Add(index);
            return index == 700 ? "SIGILL" : null;
        }, half);

        Assert.That(half.Counts.Programs, Is.LessThan(Cases));
        Assert.That(end.Counts.Programs, Is.EqualTo(Cases));
        Assert.That(end.Counts.Digest, Is.EqualTo(whole.Counts.Digest));
        Assert.That(end.Counts.Findings, Is.EqualTo(whole.Counts.Findings));
        Assert.That(first.Concat(second).Distinct().Count(), Is.EqualTo(Cases));
        Assert.That(second.Min(), Is.EqualTo(half.DoneBelow * RangePlan.CasesInRange));
    }

    [Test]
    public void Worker_ThatIsAskedToEnd_TellsWhatItHasDoneAndBeginsNothing()
    {
        _targets = [new ReferenceTarget(), new MutantTarget("mutant", MutantCatalogue.All.Single(mutant => mutant.Name == "sub64-imm/does-add").CreateHandlers())];
        var journal = new CaseJournal(JournalOf(0));
        using FakeWorker worker = WorkerOf(journal, index =>
        {
            if (index == 20) journal.AskToEnd();
            return null;
        });
        var plan = new RangePlan([TinyGenerator.Profile], Cases);
        worker.Send(plan[0]!);
        worker.Send(plan[1]!);

        WorkerMessage[] said = [.. SaidBy(worker)];

        RangePart[] parts = [.. said.OfType<RangePart>().Where(part => part.IsLast)];
        Assert.That(parts.Select(part => (part.Number, part.Next)), Is.EqualTo(new[] { (0L, 21L), (1L, 256L) }));
        Assert.That(said.OfType<RangePart>().Sum(part => part.Counts.Programs), Is.EqualTo(21));
        Assert.That(said.OfType<RangePart>().Sum(part => part.Counts.Findings.Values.Sum()), Is.Positive);
        Assert.That(said.OfType<RangeDone>(), Is.Empty);
        Assert.That(journal.Entry!.Range.Number, Is.Zero, "the second range was not begun");
    }

    [Test]
    public void Worker_ThatFilesWhenTheCampaignEnds_IsWaitedFor()
    {
        using var stop = new CancellationTokenSource();
        var found = new FoundCase(new FindingSignature("state", "mutant", string.Empty, "R0"), new CaseId("tiny", 7, 0), string.Empty, string.Empty);
        CampaignProgress progress = ProgressOf(CampaignState.Start);
        var campaign = new Campaign(Settings(1) with { CaseLimit = TimeSpan.FromSeconds(60) }, progress, seat => new LastFilingWorker(new CaseJournal(JournalOf(seat)), found, stop));
        bool wasEnding = false;

        CampaignEnd end = campaign.Run(() => wasEnding |= campaign.IsEnding, stop.Token);

        Assert.That((end, wasEnding, campaign.IsEnding), Is.EqualTo((CampaignEnd.Interrupted, true, false)));
        Assert.That(progress.State.Found.Keys, Is.EqualTo(new[] { found.Signature.Slug }));
        Assert.That(progress.State.Counts.Findings, Is.EqualTo(new Dictionary<string, long> { [found.Signature.Slug] = 1 }));
        Assert.That(progress.State.Parts, Is.EqualTo(new Dictionary<long, long> { [0] = 1 }));
    }

    [TestCase(0)]
    [TestCase(2)]
    public void CarefulRanges_ComeFirstAndAloneAndAreNotRunAgain(int number)
    {
        var asked = new ConcurrentQueue<long>();
        CampaignProgress progress = ProgressOf(CampaignState.Start);
        CaseRange range = new RangePlan([TinyGenerator.Profile], Cases)[number]! with { IsCareful = true };

        CampaignEnd end = CampaignOf(progress, 3, Counted, [range]).Run(() => { }, CancellationToken.None);

        Assert.That(end, Is.EqualTo(CampaignEnd.Done));
        Assert.That(asked.Take(256), Is.EqualTo(Enumerable.Range(number * 256, 256)));
        Assert.That(asked.Order(), Is.EqualTo(Enumerable.Range(0, Cases)));

        string? Counted(long index)
        {
            asked.Enqueue(index);
            return null;
        }
    }

    [TestCase(true, null, Cases, "its case was run again, and did not show it")]
    [TestCase(false, null, 0, "its case was run again, and did not show it")]
    [TestCase(true, "SIGSEGV", Cases, "when it was to be filed, the worker ended: SIGSEGV while generator had the case; it said: its last words", "crash | generator |  | SIGSEGV")]
    public void CaseThatWasLeft_ComesFirst_AndIsNotCountedAgain(bool goesOn, string? end, int programs, string why, params string[] others)
    {
        var asked = new ConcurrentQueue<long>();
        var found = new FoundCase(new FindingSignature("state", "mutant", string.Empty, "R0"), new CaseId("tiny", FakeWorker.Seed, 700), "wrong", string.Empty);
        CampaignProgress progress = ProgressOf(CampaignState.Start with { Found = CampaignState.Start.Found.Add(found.Signature.Slug, found) });
        var campaign = new Campaign(Settings(1), progress, seat => WorkerOf(seat, index =>
        {
            asked.Enqueue(index);
            return asked.Count == 1 ? end : null;
        }))
        {
            Left = [CaseRange.OfAgain(0, found.Case)],
            GoesOn = goesOn,
        };

        Assert.That(campaign.Run(() => { }, CancellationToken.None), Is.EqualTo(CampaignEnd.Done));

        Assert.That((asked.First(), asked.Count), Is.EqualTo((700L, programs + 1)));
        CampaignState state = progress.State;
        Assert.That((state.Counts.Programs, state.Lost.Length), Is.EqualTo((programs, 0)));
        Assert.That(state.Found[found.Signature.Slug].WhyNotFiled, Is.EqualTo(why));
        Assert.That(state.Found.Remove(found.Signature.Slug).Values.Select(other => $"{other.Signature}"), Is.EqualTo(others));
        Assert.That(state.Counts.Findings.Values, Is.EqualTo(others.Select(_ => 1L)));
    }

    /// <summary>Else it would do so each time that the campaign goes on.</summary>
    [Test]
    public void CaseThatWasLeft_AndBreaksTheMachine_IsNotFiled()
    {
        bool isBegun = false;
        FoundCase[] found = [.. ((long[])[700, 701]).Select(index => new FoundCase(new FindingSignature("state", "mutant", $"{index}", "R0"), new CaseId("tiny", FakeWorker.Seed, index), "wrong", string.Empty))];
        CampaignProgress progress = ProgressOf(CampaignState.Start with { Found = found.ToImmutableDictionary(each => each.Signature.Slug) });
        var campaign = new Campaign(Settings(1) with { CaseLimit = TimeSpan.FromSeconds(60) }, progress, seat => WorkerOf(seat, _ =>
        {
            isBegun = true;
            return FakeWorker.Hangs;
        }))
        {
            Left = [.. found.Select((each, place) => CaseRange.OfAgain(place, each.Case))],
            WhyBroken = () => isBegun ? "tainted" : null,
        };

        Assert.That(campaign.Run(() => { }, CancellationToken.None), Is.EqualTo(CampaignEnd.Broken));

        Assert.That(found.Select(each => progress.State.Found[each.Signature.Slug].WhyNotFiled), Is.EqualTo(new[] { "the machine was found broken when it was to be filed", string.Empty }));
    }

    [Test]
    public void BrokenMachine_StopsTheCampaign()
    {
        var campaign = new Campaign(Settings(1), new CampaignProgress(new RangePlan([TinyGenerator.Profile], count: null), CampaignState.Start), seat => WorkerOf(seat, _ => null))
        {
            WhyBroken = () => "tainted",
        };

        Assert.That(campaign.Run(() => { }, CancellationToken.None), Is.EqualTo(CampaignEnd.Broken));
        Assert.That(campaign.Problem, Is.EqualTo("tainted"));
    }

    /// <summary>What a worker files last may be what breaks the machine.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public void MachineThatBreaks_WhileTheCampaignEnds_IsBroken(bool isTimeOver)
    {
        using var interruption = new CancellationTokenSource();
        using var isFiling = new ManualResetEventSlim();
        Campaign? campaign = null;
        campaign = EndlesslyFiling(isFiling, isTimeOver ? TimeSpan.Zero : null, () => campaign!.IsEnding ? "tainted" : null);

        CampaignEnd end = campaign.Run(
            () =>
            {
                isFiling.Wait();
                if (!isTimeOver) interruption.Cancel();
            },
            interruption.Token);

        Assert.That((end, campaign.Problem), Is.EqualTo((CampaignEnd.Broken, "tainted")));
    }

    [Test]
    public void MachineThatBreaks_WithTheLastCase_IsBroken()
    {
        bool isDone = false;
        var campaign = new Campaign(Settings(1), ProgressOf(CampaignState.Start), seat => WorkerOf(seat, index =>
        {
            isDone |= index == Cases - 1;
            return null;
        }))
        {
            WhyBroken = () => isDone ? "tainted" : null,
        };

        Assert.That(campaign.Run(() => { }, CancellationToken.None), Is.EqualTo(CampaignEnd.Broken));
    }

    [Test]
    public void Campaign_WhoseTimeIsOver_EndsAtOnceWhenItIsInterrupted()
    {
        using var interruption = new CancellationTokenSource();
        using var isFiling = new ManualResetEventSlim();
        Campaign campaign = EndlesslyFiling(isFiling, TimeSpan.Zero, () => null);
        var time = Stopwatch.StartNew();

        CampaignEnd end = campaign.Run(
            () =>
            {
                isFiling.Wait();
                if (campaign.IsEnding) interruption.Cancel();
            },
            interruption.Token);

        Assert.That(end, Is.EqualTo(CampaignEnd.Interrupted));
        Assert.That(time.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)), "a finding may take longer");
    }

    [Test]
    public void TargetWithADefect_IsOneKindOfFindingWhateverTheWorkers()
    {
        _targets = [new ReferenceTarget(), new MutantTarget("mutant", MutantCatalogue.All.Single(mutant => mutant.Name == "sub64-imm/does-add").CreateHandlers())];

        CampaignState state = Run(workers: 1);

        FoundCase found = state.Found.Values.Single();
        Assert.That($"{found.Signature}", Is.EqualTo("state | mutant |  | R0"));
        Assert.That(state.Counts.Findings[found.Signature.Slug], Is.InRange(Cases / 3, Cases * 2 / 3), "half of the programs subtract");
        Assert.That(found.Text, Does.StartWith("run 1: expected "), "as on its page");
        Assert.That(found.Program, Has.Length.EqualTo(48).And.EndWith("9500000000000000"));
        Assert.That(state.Counts.Targets["mutant"].Accepted, Is.EqualTo(Cases));
    }

    private CampaignState Run(int workers, Func<long, string?>? breaks = null, CampaignState? from = null, CancellationToken cancellation = default)
    {
        CampaignProgress progress = ProgressOf(from ?? CampaignState.Start);
        CampaignOf(progress, workers, breaks ?? (_ => null), []).Run(() => { }, cancellation);
        return progress.State;
    }

    private Campaign CampaignOf(CampaignProgress progress, int workers, Func<long, string?> breaks, CaseRange[] careful) =>
        new(Settings(workers), progress, seat => WorkerOf(seat, breaks)) { Careful = [.. careful] };

    /// <summary>Its worker does not end by itself.</summary>
    private Campaign EndlesslyFiling(ManualResetEventSlim isFiling, TimeSpan? timeLimit, Func<string?> whyBroken) => new(
        Settings(1) with { CaseLimit = TimeSpan.FromSeconds(60), TimeLimit = timeLimit },
        ProgressOf(CampaignState.Start),
        seat => new FilingWorker(new CaseJournal(JournalOf(seat)) { Targets = ["reference", "mutant"] }, isAskingOn: true, isFiling))
    {
        WhyBroken = whyBroken,
    };

    private FakeWorker WorkerOf(int seat, Func<long, string?> breaks) => WorkerOf(new CaseJournal(JournalOf(seat)), breaks);

    private FakeWorker WorkerOf(CaseJournal journal, Func<long, string?> breaks) =>
        new(journal, _targets.Count == 0 ? [FakeTarget.Returning("reference", 0)] : _targets, breaks);

    private static IEnumerable<WorkerMessage> SaidBy(FakeWorker worker)
    {
        while (worker.Receive(TimeSpan.Zero) is { } message) yield return message;
    }

    private static CampaignSettings Settings(int workers) => new(["reference", "mutant"], workers, TimeSpan.FromMilliseconds(300));

    private static CampaignProgress ProgressOf(CampaignState state) => new(new RangePlan([TinyGenerator.Profile], Cases), state);

    private string JournalOf(int seat) => Path.Combine(_folder.FullName, $"{seat}");
}
