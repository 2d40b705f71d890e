using System.Diagnostics;
using BpfConformance.Engine.Campaigns;

namespace BpfConformance.Tests.Engine.Campaigns;

/// <summary>Finds something in its first case, ends the campaign, and files for longer than any other last case may take.</summary>
internal sealed class LastFilingWorker(CaseJournal journal, FoundCase found, CancellationTokenSource stop) : ICampaignWorker
{
    private readonly Queue<WorkerMessage> _said = new([new WorkerReady([])]);
    private readonly Stopwatch _filing = new();

    public CaseJournal Journal => journal;

    public WorkerEnd? End => null;

    public void Send(CaseRange range)
    {
        if (_filing.IsRunning) return;
        journal.BeginRange(range, seed: 7, isKept: false);
        journal.BeginCase(range.First);
        journal.BeginFiling();
        _said.Enqueue(new CaseFound(found));
        _filing.Start();
    }

    public WorkerMessage? Receive(TimeSpan limit)
    {
        if (_said.TryDequeue(out WorkerMessage? message)) return message;
        stop.Cancel();
        Thread.Sleep(limit);
        if (!journal.IsEndAsked || _filing.Elapsed < TimeSpan.FromSeconds(1.5)) return null;
        return new RangePart(0, 1, new CaseCounts { Programs = 1, Findings = { [found.Signature.Slug] = 1 } }) { IsLast = true };
    }

    public void Kill()
    {
    }

    public void Dispose() => journal.Dispose();
}
