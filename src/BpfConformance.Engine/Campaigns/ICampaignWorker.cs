namespace BpfConformance.Engine.Campaigns;

/// <summary>How a worker has ended that was not told to.</summary>
/// <param name="How">As a sentence about it goes on: <c>was ended by signal 11 (SIGSEGV)</c>.</param>
/// <param name="Kind">The same in a word, which tells one end from another.</param>
/// <param name="Errors">The end of its standard error, with the stack of what it did not expect.</param>
public sealed record WorkerEnd(string How, string Kind, string Errors)
{
    /// <summary>The <see cref="Kind"/> of one that was killed as who had the case did not give it back.</summary>
    public const string Hang = "hang";

    /// <summary>The <see cref="Kind"/> of one that was killed as it asked on and on: whoever had the case then has answered before.</summary>
    public const string Slow = "slow";
}

/// <summary>A process that runs ranges of cases, and can end at any moment. One thread at a time.</summary>
public interface ICampaignWorker : IDisposable
{
    /// <summary>What it says it is doing; also after its end.</summary>
    CaseJournal Journal { get; }

    void Send(CaseRange range);

    /// <summary>What it says next; <c>null</c>: nothing yet, or it has ended.</summary>
    /// <param name="limit">How long to wait for it.</param>
    /// <exception cref="MessageException">What it says cannot be read.</exception>
    WorkerMessage? Receive(TimeSpan limit);

    /// <summary><c>null</c>: it goes on, or there is something to receive.</summary>
    WorkerEnd? End { get; }

    void Kill();
}
