using BpfConformance.Abi.Network;

namespace BpfConformance.Runtime.Hooks;

/// <summary>What a socket has while maps have it (include/linux/skmsg.h and net/core/skmsg.c, 6.18, <c>struct sk_psock</c>).</summary>
internal sealed class SocketState
{
    /// <summary>Entries of maps that have it.</summary>
    public int Links { get; set; }

    /// <summary>Those of all maps that have it.</summary>
    public StreamPrograms Programs = new();

    /// <summary>Which program looks first at what is received; <c>null</c>: none does (<c>saved_data_ready</c>).</summary>
    public StreamHook? Reader { get; private set; }

    /// <summary>What is to become of the next <see cref="ApplyBytes"/>; <c>null</c>: the program is asked.</summary>
    public StreamVerdict? Verdict { get; set; }

    /// <summary>For so many bytes more the verdict is; 0: for the message at hand.</summary>
    public uint ApplyBytes { get; set; }

    /// <summary>Where a redirect leads.</summary>
    public SocketTarget? Target { get; set; }

    /// <summary>What waits until more is sent.</summary>
    public Message? Corked { get; set; }

    /// <summary>So many bytes more must be sent before the program is asked.</summary>
    public uint CorkBytes { get; set; }

    /// <summary>What was received of a message that is not complete.</summary>
    public StreamParser Parser { get; } = new();

    /// <summary>Whether it has a program where a map that is to have it has one, too.</summary>
    public bool IsTaken(in StreamPrograms ofMap) =>
        (ofMap.Has(StreamHook.Message) && Programs.Has(StreamHook.Message))
        || (ofMap.Has(StreamHook.Parser) && Programs.Has(StreamHook.Parser))
        || (ofMap.HasVerdict && Programs.HasVerdict);

    /// <summary>The programs of a map become its own, and see what it receives.</summary>
    public void Take(in StreamPrograms ofMap)
    {
        TakePrograms(ofMap);
        if (Reader is not null || !ofMap.HasVerdict) return;
        Reader = ofMap.Has(StreamHook.Verdict) && ofMap.Has(StreamHook.Parser) ? StreamHook.Parser : StreamHook.Verdict;
    }

    /// <summary>The programs of a map become its own.</summary>
    public void TakePrograms(in StreamPrograms ofMap)
    {
        foreach (StreamHook hook in Enum.GetValues<StreamHook>())
        {
            if (ofMap.Has(hook)) Programs[hook] = ofMap[hook];
        }
    }

    /// <summary>What a map has a program for now, it has none for any more, if it reads at all.</summary>
    public void Leave(in StreamPrograms ofMap)
    {
        bool stopsParser = Reader is not null && ofMap.Has(StreamHook.Parser);
        bool stopsVerdict = Reader is not null && ofMap.HasVerdict;
        if (stopsParser) Programs[StreamHook.Parser] = StreamPrograms.None;
        if (stopsVerdict) Programs[StreamHook.Verdict] = Programs[StreamHook.PacketVerdict] = StreamPrograms.None;
        if (stopsParser || stopsVerdict) Reader = null;
    }
}
