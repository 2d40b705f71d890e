using System.Collections.Concurrent;
using System.Collections.Immutable;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Campaigns;

/// <summary>Why a campaign ended.</summary>
public enum CampaignEnd
{
    /// <summary>All its cases are done.</summary>
    Done,
    TimeOver,
    Interrupted,

    /// <summary>The machine itself is broken; the message is in <see cref="Campaign.Problem"/>.</summary>
    Broken,
}

/// <summary>Keeps workers at work until all is done, time is over, or somebody says so.</summary>
/// <param name="settings">What to do.</param>
/// <param name="progress">What of it is done.</param>
/// <param name="start">Starts a worker for a place, from 0 on.</param>
public sealed class Campaign(CampaignSettings settings, CampaignProgress progress, Func<int, ICampaignWorker> start)
{
    /// <summary>Until the last worker has filed what it has found: enough for some kinds in one case.</summary>
    public static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Until the last worker of a machine that is broken: what it says then proves nothing.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    /// <summary>Ranges in which the machine went down: one worker alone does them first, and slowly.</summary>
    public ImmutableArray<CaseRange> Careful { get; init; } = [];

    /// <summary>Cases whose findings are filed before anything else is run, as a campaign ended before they were: ranges of <see cref="CaseRange.OfAgain"/>.</summary>
    public ImmutableArray<CaseRange> Left { get; init; } = [];

    /// <summary>Whether it goes on with the plan when these are done.</summary>
    public bool GoesOn { get; init; } = true;

    /// <summary>Says what is wrong with the machine itself, after which no answer proves anything; <c>null</c>: nothing.</summary>
    public Func<string?> WhyBroken { get; init; } = () => null;

    /// <summary>Whether somebody asks again to end it: then it does not wait for those who are at work.</summary>
    public Func<bool> IsHurried { get; init; } = () => false;

    /// <summary>Whether no case is begun any more, and what was found is filed.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>What was wrong with it; <c>null</c>: nothing.</summary>
    public string? Problem { get; private set; }

    /// <summary>What workers have said of their targets; empty: none has.</summary>
    public ImmutableArray<TargetVersion> Versions { get; private set; } = [];

    /// <param name="tick">Called again and again, on this thread.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="TargetException">Workers do not stay.</exception>
    public CampaignEnd Run(Action tick, CancellationToken cancellation)
    {
        var careful = new ConcurrentQueue<CaseRange>(Careful);
        var left = new ConcurrentQueue<CaseRange>(Left);
        CampaignEnd end = Careful.IsEmpty ? CampaignEnd.Done : Work(1, () => careful.TryDequeue(out CaseRange? range) ? range : null, tick, cancellation);
        return end == CampaignEnd.Done ? Work(settings.Workers, () => left.TryDequeue(out CaseRange? range) ? range : GoesOn ? progress.Take() : null, tick, cancellation) : end;
    }

    private CampaignEnd Work(int workers, Func<CaseRange?> take, Action tick, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var quit = new CancellationTokenSource();
        WorkerSeat[] seats = [.. Enumerable.Range(0, workers).Select(seat => new WorkerSeat(settings, () => start(seat), progress))];
        Task[] tasks = [.. seats.Select(seat => Task.Factory.StartNew(
            () => seat.Work(take, stop.Token, quit.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        WaitHandle all = ((IAsyncResult)Task.WhenAll(tasks)).AsyncWaitHandle; // who waits for a task gets its exception
        CampaignEnd? end = null;
        try
        {
            while (!all.WaitOne(s_tick))
            {
                tick();
                if (IsHurried() || tasks.Any(task => task.IsFaulted)) quit.Cancel();
                if (WhyEnd(cancellation) is not { } why || why == end) continue;
                IsEnding = true;
                stop.Cancel();
                quit.CancelAfter(TimeLeft(end, why));
                end = why;
            }

            if (WhyEnd(cancellation) == CampaignEnd.Broken) end = CampaignEnd.Broken; // who broke it has ended since the last tick
            if (end == CampaignEnd.Broken) LeaveUnfiled(seats);
            foreach (Task task in tasks) task.GetAwaiter().GetResult();
            if (seats.Select(seat => seat.Ready).FirstOrDefault(ready => ready is not null) is { } first) Versions = first.Targets;
            return end ?? (cancellation.IsCancellationRequested ? CampaignEnd.Interrupted : CampaignEnd.Done); // workers may be quicker than the next tick
        }
        finally
        {
            IsEnding = false;
            quit.Cancel();
            all.WaitOne(); // who is disposed of has nobody at work
            foreach (WorkerSeat seat in seats) seat.Dispose();
        }
    }

    /// <summary>One of the cases that are run again may have broken the machine: whoever goes on with the campaign must not come to it each time.</summary>
    private void LeaveUnfiled(IEnumerable<WorkerSeat> seats)
    {
        foreach (CaseId id in seats.Select(seat => seat.AgainInHand).OfType<CaseId>()) progress.NotFiled(id, "the machine was found broken when it was to be filed");
    }

    /// <summary>What weighs most: also a campaign that is ending breaks machines, and is told to end at once.</summary>
    private CampaignEnd? WhyEnd(CancellationToken cancellation)
    {
        if ((Problem ??= WhyBroken()) is not null) return CampaignEnd.Broken;
        if (cancellation.IsCancellationRequested) return CampaignEnd.Interrupted;
        return progress.Elapsed >= settings.TimeLimit ? CampaignEnd.TimeOver : null;
    }

    /// <summary>For those who are at work when there is a reason to end, and was one before, or none.</summary>
    private static TimeSpan TimeLeft(CampaignEnd? before, CampaignEnd why) =>
        why == CampaignEnd.Broken ? s_grace
        : before is null ? EndLimit
        : TimeSpan.Zero; // it is ending, and somebody asks
}
