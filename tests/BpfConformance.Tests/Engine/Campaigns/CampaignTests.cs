using System.Collections.Concurrent;
using BpfConformance.Engine.Campaigns;
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

    [Test]
    public void TargetWithADefect_IsOneKindOfFindingWhateverTheWorkers()
    {
        _targets = [new ReferenceTarget(), new MutantTarget("mutant", MutantCatalogue.All.Single(mutant => mutant.Name == "sub64-imm/does-add").CreateHandlers())];

        CampaignState state = Run(workers: 1);

        FoundCase found = state.Found.Values.Single();
        Assert.That($"{found.Signature}", Is.EqualTo("state | mutant |  | R0"));
        Assert.That(state.Counts.Findings[found.Signature.Slug], Is.InRange(Cases / 3, Cases * 2 / 3), "half of the programs subtract");
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

    private FakeWorker WorkerOf(int seat, Func<long, string?> breaks)
    {
        if (_targets.Count == 0) return new FakeWorker(new CaseJournal(JournalOf(seat)), [FakeTarget.Returning("reference", 0)], breaks);
        return new FakeWorker(new CaseJournal(JournalOf(seat)), _targets, breaks);
    }

    private static CampaignSettings Settings(int workers) => new(["reference", "mutant"], workers, TimeSpan.FromMilliseconds(300));

    private static CampaignProgress ProgressOf(CampaignState state) => new(new RangePlan([TinyGenerator.Profile], Cases), state);

    private string JournalOf(int seat) => Path.Combine(_folder.FullName, $"{seat}");

    /// <summary>Files what it finds in the first case, and never ends with it.</summary>
    private sealed class FilingWorker(CaseJournal journal, bool isAskingOn) : ICampaignWorker
    {
        private WorkerMessage? _ready = new WorkerReady([]);

        public CaseJournal Journal => journal;

        public WorkerEnd? End => null;

        public void Send(CaseRange range)
        {
            if (journal.Entry is not null) return;
            journal.BeginRange(range, FakeWorker.Seed, isKept: false);
            journal.BeginCase(range.First);
            journal.Run([], isKept: false);
            journal.BeginFiling();
            journal.Ask("mutant");
        }

        public WorkerMessage? Receive(TimeSpan limit)
        {
            Thread.Sleep(limit);
            if (isAskingOn) journal.Ask("mutant");
            (WorkerMessage? said, _ready) = (_ready, null);
            return said;
        }

        public void Kill()
        {
        }

        public void Dispose() => journal.Dispose();
    }

    private sealed class DeadWorker(CaseJournal journal) : ICampaignWorker
    {
        public CaseJournal Journal => journal;

        public WorkerEnd? End => new("was never there", "exit code 1", "no such file");

        public void Send(CaseRange range)
        {
        }

        public WorkerMessage? Receive(TimeSpan limit) => null;

        public void Kill()
        {
        }

        public void Dispose() => journal.Dispose();
    }
}
