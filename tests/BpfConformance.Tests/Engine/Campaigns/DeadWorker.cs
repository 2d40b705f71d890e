using BpfConformance.Engine.Campaigns;

namespace BpfConformance.Tests.Engine.Campaigns;

/// <summary>Was never there.</summary>
internal sealed class DeadWorker(CaseJournal journal) : ICampaignWorker
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
