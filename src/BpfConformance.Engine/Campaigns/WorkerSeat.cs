using System.Diagnostics;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Campaigns;

/// <summary>
/// A place for one worker after another: whoever ends in the middle of a case is followed by the next, which takes the same ranges without
/// that case. One thread.
/// </summary>
/// <param name="settings">How long a case may take.</param>
/// <param name="start">Starts a worker.</param>
/// <param name="progress">What there is to do, and what came of it.</param>
internal sealed class WorkerSeat(CampaignSettings settings, Func<ICampaignWorker> start, CampaignProgress progress) : IDisposable
{
    /// <summary>One that the worker has in hand, and one that waits, so that it never does.</summary>
    private const int RangesAtOnce = 2;

    /// <summary>Who ends so often without a case in hand does so for a reason of its own.</summary>
    private const int MaxIdleEnds = 3;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    /// <summary>For the case in hand when no other is begun any more. What is not done then is done again another time.</summary>
    private static readonly TimeSpan s_lastCaseLimit = TimeSpan.FromSeconds(1);

    /// <summary>For each finding of it that is filed: on slow machines a reduction takes all its time, and so do the runs of its forms.</summary>
    private static readonly TimeSpan s_lastFilingLimit = TimeSpan.FromSeconds(15);

    private readonly List<CaseRange> _ranges = [];
    private ICampaignWorker? _worker;
    private bool _isReady;
    private int _idleEnds;
    private long _begun;
    private long _lastSign;
    private long _asked;
    private long _lastAsked;
    private long? _endAsked;

    /// <summary>What the worker said of its targets; empty before it did.</summary>
    public WorkerReady? Ready { get; private set; }

    /// <summary>The case that the worker has in hand, of a range of <see cref="CaseRange.OfAgain"/>; <c>null</c>: it has none.</summary>
    public CaseId? AgainInHand => _worker?.Journal.Entry is { Range.Number: < 0, Stage: not CaseStage.None } entry ? entry.Case : null;

    /// <summary>Takes ranges until there are none, or until it may not any more; then those that it has are done, or there is no time left.</summary>
    /// <param name="take">The next range.</param>
    /// <param name="stop">Whether to take none any more.</param>
    /// <param name="quit">Whether not even to wait for those that are begun.</param>
    /// <exception cref="TargetException">No worker stays.</exception>
    public void Work(Func<CaseRange?> take, CancellationToken stop, CancellationToken quit)
    {
        while (!quit.IsCancellationRequested)
        {
            while (_ranges.Count < RangesAtOnce && !stop.IsCancellationRequested && take() is { } range) Add(range);
            if (_ranges.Count == 0 || (stop.IsCancellationRequested && MayLeave())) return;
            Step();
        }
    }

    public void Dispose() => _worker?.Dispose();

    private void Add(CaseRange range)
    {
        _ranges.Add(range);
        if (_worker is not null) _worker.Send(range);
    }

    /// <summary>Asks the worker to end. Whether nobody need wait for it: it has begun nothing, or takes too long.</summary>
    private bool MayLeave()
    {
        if (_worker is null || !_isReady) return true;
        if (_endAsked is null) _worker.Journal.AskToEnd();
        _endAsked ??= Stopwatch.GetTimestamp();
        TimeSpan limit = _worker.Journal.Stage == CaseStage.Filing ? s_lastFilingLimit : s_lastCaseLimit;
        return Stopwatch.GetElapsedTime(Math.Max(_lastSign, _endAsked.Value)) > limit;
    }

    private void Step()
    {
        if (_worker is null) Start();
        try
        {
            if (_worker!.Receive(s_look) is { } message) Hear(message); // there is one now
            else if (_worker.End is { } end) Bury(end);
            else if (Overdue() is { } overdue) End(overdue);
        }
        catch (MessageException wrong)
        {
            End(new WorkerEnd(wrong.Message, "no message", string.Empty));
        }
    }

    /// <exception cref="MessageException">It says what no worker does.</exception>
    private void Hear(WorkerMessage message)
    {
        switch (message)
        {
            case WorkerReady ready:
                (_isReady, Ready) = (true, ready);
                break;
            case CaseFound found:
                progress.Found(found.Case);
                break;
            case RangePart part:
                Left(part);
                break;
            case RangeDone done:
                Done(done);
                break;
        }

        Signed();
    }

    private void Start()
    {
        _worker = start();
        _worker.Journal.Clear();
        _isReady = false;
        Signed();
        foreach (CaseRange range in _ranges) _worker.Send(range);
    }

    private void Left(RangePart part)
    {
        int at = IndexOf(part.Number);
        if (!_ranges[at].Has(part.Next)) throw new MessageException($"spoke of a case that is not in its range: {part.Next}");
        if (_ranges[at].Again is null) progress.Part(part.Number, part.Next, part.Counts);
        if (part.IsLast) _ranges.Clear();
        else _ranges[at] = progress.LeftOf(_ranges[at]);
    }

    private void Done(RangeDone done)
    {
        int at = IndexOf(done.Number);
        if (_ranges[at].Again is { } again) progress.NotFiled(again, "its case was run again, and did not show it");
        else progress.Done(done.Number, done.Counts);
        _ranges.RemoveAt(at);
        _idleEnds = 0;
    }

    /// <exception cref="MessageException">The worker was not given that range.</exception>
    private int IndexOf(long number)
    {
        int at = _ranges.FindIndex(range => range.Number == number);
        return at >= 0 ? at : throw new MessageException($"spoke of a range that it was not given: {number}");
    }

    private void Signed() => (_lastSign, _begun) = (Stopwatch.GetTimestamp(), _worker!.Journal.Begun); // who asks has one

    /// <summary>How the worker ends that is over a limit; <c>null</c>: it is not.</summary>
    private WorkerEnd? Overdue()
    {
        CaseJournal journal = _worker!.Journal; // who asks has one
        CaseStage stage = journal.Stage; // before what was begun: it is written after that
        if (journal.Begun != _begun) Signed();
        if (journal.Asked != _asked) (_asked, _lastAsked) = (journal.Asked, Stopwatch.GetTimestamp());
        if (!_isReady) return Over(_lastSign, s_startLimit, WorkerEnd.Hang);
        if (stage != CaseStage.Filing) return Over(_lastSign, settings.CaseLimit, WorkerEnd.Hang);

        // A finding is asked about again and again, by design for longer than a case may take.
        WorkerEnd? hang = journal.Target < settings.Targets.Length ? Over(Math.Max(_lastSign, _lastAsked), settings.CaseLimit, WorkerEnd.Hang) : null;
        return hang ?? Over(_lastSign, settings.CaseLimit + settings.FilingLimit, WorkerEnd.Slow);
    }

    private static WorkerEnd? Over(long since, TimeSpan limit, string kind) =>
        Stopwatch.GetElapsedTime(since) > limit ? new WorkerEnd($"did not come to an end within {limit.TotalSeconds:0.###} s", kind, string.Empty) : null;

    private void End(WorkerEnd end)
    {
        _worker!.Kill(); // who does wrong is there
        Bury(end);
    }

    private void Bury(WorkerEnd end)
    {
        JournalEntry? entry = _worker!.Journal.Entry; // who has ended was there
        _worker.Dispose();
        _worker = null;
        int at = entry is null or { Stage: CaseStage.None } ? -1 : _ranges.FindIndex(range => range.Number == entry.Range.Number && range.Has(entry.Case.Index));
        if (at >= 0)
        {
            progress.Lose(_ranges[at], settings.FoundBy(entry!, end)); // it is in a range
            if (_ranges[at].Again is null) _ranges[at] = progress.LeftOf(_ranges[at]);
            else _ranges.RemoveAt(at);
        }
        else if (++_idleEnds >= MaxIdleEnds)
        {
            throw new TargetException($"the campaign's worker {end.How}, and had no case in hand{(end.Errors.Length > 0 ? $": {end.Errors}" : string.Empty)}");
        }
    }
}
