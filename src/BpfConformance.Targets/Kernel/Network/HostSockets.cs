using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>The sockets of the host in a <see cref="CaseNetwork"/>: made for one run of a case, as what is attached to one, or holds it, ends with it.</summary>
internal sealed class HostSockets : IDisposable
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int ReusePort = 15; // SO_REUSEPORT
    private const int Cookie = 57; // SO_COOKIE

    private readonly SortedDictionary<NetworkPlace, Socket> _sockets = [];
    private readonly Dictionary<ulong, NetworkPlace> _cookies = [];

    /// <param name="isConnected">Whether with a connection.</param>
    /// <exception cref="TargetException">One of them cannot be made.</exception>
    public HostSockets(bool isConnected)
    {
        try
        {
            if (isConnected) Connect();
            Add(NetworkPlace.Receiver, CaseNetwork.ReceiverPort);
            foreach (NetworkPlace place in (ReadOnlySpan<NetworkPlace>)[NetworkPlace.First, NetworkPlace.Second]) Add(place, CaseNetwork.SharedPort, isShared: true);
        }
        catch (TargetException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The connection; <c>null</c>: it has not been made yet.</summary>
    public Connection? Connection { get; private set; }

    /// <summary>Those for datagrams, in the order of their places.</summary>
    public IEnumerable<NetworkPlace> Places => _sockets.Keys.Where(place => !place.IsStream());

    /// <summary>The socket of a place that there is.</summary>
    public Socket this[NetworkPlace place] => _sockets[place];

    /// <summary>The descriptor that stands for a number in maps; of one that is no socket, none that is open.</summary>
    /// <param name="number">Of a <see cref="NetworkPlace"/>, or any.</param>
    public uint DescriptorOf(uint number) =>
        number <= NetworkPlaces.Last && _sockets.TryGetValue((NetworkPlace)number, out Socket? socket) ? (uint)socket.Descriptor.Number
        : Math.Max(number, int.MaxValue);

    /// <summary>The socket that the kernel knows by this number.</summary>
    public ulong PlaceOf(ulong cookie) => _cookies.TryGetValue(cookie, out NetworkPlace place) ? (ulong)place : ulong.MaxValue;

    /// <summary>Makes the connection.</summary>
    /// <exception cref="TargetException">It cannot be made.</exception>
    public void Connect()
    {
        Connection = new Connection();
        foreach (NetworkPlace place in (ReadOnlySpan<NetworkPlace>)[NetworkPlace.Client, NetworkPlace.Server]) Know(place, Connection[place]);
    }

    public void Dispose()
    {
        Connection?.Dispose();
        foreach (NetworkPlace place in Places) _sockets[place].Dispose();
    }

    /// <summary>A socket of UDP over IPv4 that is bound to a port of all addresses.</summary>
    private void Add(NetworkPlace place, ushort port, bool isShared = false)
    {
        var socket = Socket.Create();
        Know(place, socket);
        CallFailure? failure = isShared ? socket.Set(SocketLevel, ReusePort, 1) : null;
        failure ??= socket.Bind(InternetAddress.Of(0, port));
        if (failure is not null) throw failure.ToException();
    }

    private void Know(NetworkPlace place, Socket socket)
    {
        _sockets.Add(place, socket);
        Span<byte> cookie = stackalloc byte[sizeof(ulong)];
        if (socket.Get(SocketLevel, Cookie, cookie) is { } failure) throw failure.ToException();
        _cookies.Add(BitConverter.ToUInt64(cookie), place);
    }
}
