using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>What a socket sends, and what a program has said of it (<c>struct sk_msg</c>). What it has said stays until it says something else.</summary>
internal sealed class Message
{
    /// <summary>Each is of one piece, and none is empty.</summary>
    public List<StreamBytes> Parts { get; } = [];

    public int Length => Parts.Sum(part => part.Length);

    public uint ApplyBytes { get; set; }

    public uint CorkBytes { get; set; }

    /// <summary>Where a helper has said that it goes.</summary>
    public Redirect Redirect { get; set; }

    /// <summary>Takes at most so many bytes of the first part out.</summary>
    public StreamBytes TakeFirst(int most)
    {
        StreamBytes first = Parts[0];
        if (first.Length <= most)
        {
            Parts.RemoveAt(0);
            return first;
        }

        Parts[0] = first.From(most);
        return first.Slice(0, most);
    }

    /// <summary>There is nothing any more, and nothing is said of it (<c>sk_msg_free</c>).</summary>
    public void Free()
    {
        Parts.Clear();
        (ApplyBytes, CorkBytes, Redirect) = (0, 0, default);
    }
}
