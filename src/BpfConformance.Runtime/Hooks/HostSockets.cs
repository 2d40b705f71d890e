using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>The sockets of the host in a <see cref="CaseNetwork"/>.</summary>
public sealed unsafe class HostSockets
{
    private readonly HostSocket?[] _sockets = [.. Enum.GetValues<NetworkPlace>().Select(place => place.IsSocket() ? new HostSocket(place) : null)];

    /// <summary>The socket that a number in a map is; <c>null</c>: none.</summary>
    internal HostSocket? this[ulong number] => number < (ulong)_sockets.Length ? _sockets[number] : null;

    /// <summary>The socket of a place that is one.</summary>
    internal HostSocket this[NetworkPlace place] => _sockets[(int)place]!;

    /// <summary>Whose programs can get them; set before any runs.</summary>
    internal Machine* Machine { get; set; }

    /// <summary>The other side of a connection.</summary>
    internal HostSocket PeerOf(HostSocket socket) => this[socket.Place == NetworkPlace.Client ? NetworkPlace.Server : NetworkPlace.Client];

    /// <summary>A case begins: nothing was received, and no map has a socket.</summary>
    public void Clear()
    {
        foreach (HostSocket? socket in _sockets) socket?.Clear();
    }
}
