using BpfConformance.Engine.Campaigns;

namespace BpfConformance.Tests.Engine.Campaigns;

/// <summary>Files what it finds in the first case, and never ends with it.</summary>
internal sealed class FilingWorker(CaseJournal journal, bool isAskingOn, ManualResetEventSlim? isFiling = null) : ICampaignWorker
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
        if (_ready is null) isFiling?.Set();
        if (isAskingOn) journal.Ask("mutant");
        (WorkerMessage? said, _ready) = (_ready, null);
        return said;
    }

    public void Kill()
    {
    }

    public void Dispose() => journal.Dispose();
}
