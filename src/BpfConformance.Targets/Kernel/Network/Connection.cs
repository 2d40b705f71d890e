using System.Diagnostics;
using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>The connection of a <see cref="CaseNetwork"/>: two sockets of TCP, both of this thread's network, which hold nothing back. When it ends, it is reset, so that its ports are free at once.</summary>
internal sealed class Connection : IDisposable
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int ReuseAddress = 2; // SO_REUSEADDR
    private const int Linger = 13; // SO_LINGER
    private const int TcpLevel = 6; // SOL_TCP
    private const int NoDelay = 1; // TCP_NODELAY

    /// <summary>In which a connection over the loopback has been made.</summary>
    private static readonly TimeSpan s_made = TimeSpan.FromSeconds(5);

    /// <exception cref="TargetException">It is refused.</exception>
    public Connection()
    {
        using Socket listener = Create(CaseNetwork.ServerPort);
        Require(listener.Listen());
        Client = Create(CaseNetwork.ClientPort);
        try
        {
            Server = Connect(listener);
            SetOptions();
        }
        catch (TargetException)
        {
            Dispose();
            throw;
        }
    }

    public Socket Client { get; }

    public Socket Server { get; }

    /// <summary>One of its sides.</summary>
    public Socket this[NetworkPlace place] => place == NetworkPlace.Client ? Client : Server;

    public void Dispose()
    {
        Client.Dispose();
        Server?.Dispose(); // there is none where there is no connection
    }

    private static byte[] AddressOf(ushort port) => InternetAddress.Of(AddressFamilies.InterNetwork, [(byte)(port >> 8), (byte)port], CaseNetwork.LoopbackAddress.AsSpan());

    private static Socket Create(ushort port)
    {
        Socket socket = Socket.TryCreate(AddressFamilies.InterNetwork, SocketTypes.Stream, 0, out CallFailure? failure) ?? throw failure!.ToException();
        failure = socket.Set(SocketLevel, ReuseAddress, 1) ?? socket.Bind(AddressOf(port));
        if (failure is null) return socket;
        socket.Dispose();
        throw failure.ToException();
    }

    /// <summary>A socket that does not wait says that it is about to connect, and on the loopback mostly has.</summary>
    private Socket Connect(Socket listener)
    {
        _ = Client.Connect(AddressOf(CaseNetwork.ServerPort));
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < s_made; Thread.Sleep(1))
        {
            if (listener.Accept() is { } server) return server;
        }

        throw new TargetException("no connection over the loopback");
    }

    private void SetOptions()
    {
        foreach (Socket side in (Socket[])[Client, Server])
        {
            Require(side.Set(TcpLevel, NoDelay, 1));
            Require(side.Set(SocketLevel, Linger, [1, 0, 0, 0, 0, 0, 0, 0])); // on, for no time
        }
    }

    private static void Require(CallFailure? failure)
    {
        if (failure is not null) throw failure.ToException();
    }
}
