using BpfConformance.Abi;
using BpfConformance.Abi.Network;

namespace BpfConformance.Runtime.Hooks;

/// <summary>A socket of the host, as maps of sockets know it (net/core/sock_map.c, 6.18).</summary>
/// <param name="place">Which.</param>
internal sealed class HostSocket(NetworkPlace place)
{
    public NetworkPlace Place { get; } = place;

    /// <summary>Whether an array for sockets that share a port has it: a socket remembers one such thing (<c>sk_user_data</c>).</summary>
    public bool IsInArray { get; set; }

    /// <summary>What it runs; <c>null</c>: no map has it.</summary>
    public SocketState? State { get; private set; }

    /// <summary>What user space has not read yet.</summary>
    public List<StreamBytes> Received { get; } = [];

    /// <summary>What was sent and is held back, because more is to follow (MSG_MORE).</summary>
    public List<StreamBytes> Held { get; } = [];

    /// <summary>For what else programs of sock_ops are called (<c>bpf_sock_ops_cb_flags</c>).</summary>
    public uint CallbackFlags { get; set; }

    /// <summary>An entry of a map is to have it: it takes over the programs of the map (<c>sock_map_link</c>).</summary>
    public Errno Link(in StreamPrograms ofMap)
    {
        if (IsInArray || (State is { } state && state.IsTaken(ofMap))) return Errno.EBUSY;
        if (!Place.IsStream() && State?.Reader is null && ofMap.Has(StreamHook.Parser) && ofMap.Has(StreamHook.Verdict))
        {
            State?.TakePrograms(ofMap); // if another entry has it, they stay
            return Errno.EOPNOTSUPP;
        }

        State ??= new SocketState();
        State.Take(ofMap);
        State.Links++;
        return Errno.None;
    }

    /// <summary>An entry has it no more (<c>sock_map_del_link</c>, <c>sk_psock_drop</c>).</summary>
    public void Unlink(in StreamPrograms ofMap)
    {
        State!.Leave(ofMap); // an entry had it
        Drop();
    }

    /// <summary>An entry was to have it, and does not after all.</summary>
    public void Drop()
    {
        if (--State!.Links == 0) State = null; // what has made a link has made it
    }

    public void Clear()
    {
        State = null;
        IsInArray = false;
        Received.Clear();
        Held.Clear();
    }
}
