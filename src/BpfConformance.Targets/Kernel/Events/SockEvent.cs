using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Network;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>A socket is made, bound or released (net/ipv4/af_inet.c, 6.18, <c>inet_create</c>, <c>__inet_bind</c>, <c>inet_release</c>).</summary>
internal sealed class SockEvent : IHookEvent
{
    private const int NoQueue = -1;

    private const int SocketLevel = 1; // SOL_SOCKET
    private const int PriorityOption = 12; // SO_PRIORITY
    private const int MarkOption = 36; // SO_MARK
    private const int DeviceOption = 62; // SO_BINDTOIFINDEX

    private static readonly ContextField s_device = ContextTables.Sock.Field("bound_dev_if");
    private static readonly ContextField s_family = ContextTables.Sock.Field("family");
    private static readonly ContextField s_type = ContextTables.Sock.Field("type");
    private static readonly ContextField s_protocol = ContextTables.Sock.Field("protocol");
    private static readonly ContextField s_mark = ContextTables.Sock.Field("mark");
    private static readonly ContextField s_priority = ContextTables.Sock.Field("priority");
    private static readonly ContextField s_sourceIp4 = ContextTables.Sock.Field("src_ip4");
    private static readonly ContextField s_sourceIp6 = ContextTables.Sock.Field("src_ip6");
    private static readonly ContextField s_sourcePort = ContextTables.Sock.Field("src_port");
    private static readonly ContextField s_peerPort = ContextTables.Sock.Field("dst_port");
    private static readonly ContextField s_peerIp4 = ContextTables.Sock.Field("dst_ip4");
    private static readonly ContextField s_peerIp6 = ContextTables.Sock.Field("dst_ip6");
    private static readonly ContextField s_state = ContextTables.Sock.Field("state");
    private static readonly ContextField s_queue = ContextTables.Sock.Field("rx_queue_mapping");

    public void Complete(WantedContext wanted)
    {
        wanted.SetMissing(s_family, (int)(wanted.Hook == AttachType.CgroupInet6PostBind ? AddressFamilies.InterNetwork6 : AddressFamilies.InterNetwork));
        wanted.SetMissing(s_type, (int)SocketTypes.Datagram);
        wanted.SetMissing(s_protocol, (int)SocketTypes.ProtocolOf((uint)wanted.Number(s_type)));
        wanted.SetMissing(s_state, IsConnected(wanted) ? (int)SocketStates.Established : (int)SocketStates.Closed);
        wanted.SetMissing(s_queue, NoQueue);
    }

    public string? WhyNot(WantedContext wanted) =>
        !wanted.Data.IsEmpty ? "there is no packet where a socket is told"
        : wanted.Hook is AttachType.CgroupInet4PostBind or AttachType.CgroupInet6PostBind && wanted.Number(s_sourcePort) == 0
            ? "src_port is 0; bind gives every socket a port"
        : null;

    public CallFailure? Cause(WantedContext wanted)
    {
        using var socket = Socket.TryCreate((uint)wanted.Number(s_family), (uint)wanted.Number(s_type), (uint)wanted.Number(s_protocol), out CallFailure? problem);
        return socket is null || wanted.Hook == AttachType.CgroupInetSockCreate ? problem
            : wanted.Hook == AttachType.CgroupInet4PostBind ? Bind(socket, wanted, wanted[s_sourceIp4])
            : wanted.Hook == AttachType.CgroupInet6PostBind ? Bind(socket, wanted, wanted[s_sourceIp6])
            : Release(socket, wanted);
    }

    private static bool IsConnected(WantedContext wanted) => wanted[s_peerPort].ContainsAnyExcept((byte)0);

    private static CallFailure? Bind(Socket socket, WantedContext wanted, ReadOnlySpan<byte> source)
    {
        byte[] port = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)wanted.Number(s_sourcePort));
        byte[] address = InternetAddress.Of((uint)wanted.Number(s_family), port, source);
        return InternetAddress.AllowAny(socket, address) ?? socket.Bind(address);
    }

    /// <summary>What is set before makes the socket what its end is to see.</summary>
    private static CallFailure? Release(Socket socket, WantedContext wanted)
    {
        CallFailure? problem = Set(socket, MarkOption, wanted.Number(s_mark))
            ?? Set(socket, PriorityOption, wanted.Number(s_priority))
            ?? Set(socket, DeviceOption, wanted.Number(s_device))
            ?? (IsConnected(wanted) ? Connect(socket, wanted) : null);
        socket.Dispose();
        return problem;
    }

    private static CallFailure? Set(Socket socket, int option, int value) => value == 0 ? null : socket.Set(SocketLevel, option, value);

    private static CallFailure? Connect(Socket socket, WantedContext wanted)
    {
        uint family = (uint)wanted.Number(s_family);
        byte[] address = InternetAddress.Of(family, wanted[s_peerPort], wanted[family == AddressFamilies.InterNetwork6 ? s_peerIp6 : s_peerIp4]);
        return InternetAddress.Route(socket, address)
            ?? socket.Bind(InternetAddress.LoopbackLike(address, CaseNetwork.CallerPort))
            ?? socket.Connect(address);
    }
}
