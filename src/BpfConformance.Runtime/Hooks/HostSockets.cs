using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>The sockets of the host in a <see cref="CaseNetwork"/>.</summary>
public sealed unsafe class HostSockets
{
    private readonly HostSocket?[] _sockets = [.. Enum.GetValues<NetworkPlace>().Select(place => place.IsSocket() ? new HostSocket(place) : null)];

    /// <summary>Whether there is the connection, and its sides.</summary>
    public bool IsConnected { get; private set; } = true;

    /// <summary>The socket that a number in a map is; <c>null</c>: none.</summary>
    internal HostSocket? this[ulong number] =>
        number < (ulong)_sockets.Length && (IsConnected || !((NetworkPlace)number).IsStream()) ? _sockets[number] : null;

    /// <summary>The socket of a place that is one.</summary>
    internal HostSocket this[NetworkPlace place] => _sockets[(int)place]!;

    /// <summary>Whose programs can get them; set before any runs.</summary>
    internal Machine* Machine { get; set; }

    /// <summary>The other side of a connection.</summary>
    internal HostSocket PeerOf(HostSocket socket) => this[socket.Place == NetworkPlace.Client ? NetworkPlace.Server : NetworkPlace.Client];

    /// <summary>A case begins.</summary>
    /// <param name="isConnected">Whether with a connection.</param>
    public void Begin(bool isConnected)
    {
        Clear();
        IsConnected = isConnected;
        foreach (HostSocket? socket in _sockets)
        {
            if (socket is not null) socket.CallbackFlags = 0;
        }
    }

    /// <summary>The connection is about to be made.</summary>
    internal void Connect() => IsConnected = true;

    /// <summary>Maps begin anew: nothing was received, and no map has a socket.</summary>
    internal void Clear()
    {
        foreach (HostSocket? socket in _sockets) socket?.Clear();
    }
}
