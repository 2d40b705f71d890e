using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Network;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>
/// Calls on a socket that have an address (kernel/bpf/cgroup.c, 6.18, <c>__cgroup_bpf_run_filter_sock_addr</c>): one that is given to bind,
/// connect or sendmsg, or is asked for by recvmsg, getpeername or getsockname.
/// </summary>
internal sealed class SockAddrEvent : IHookEvent
{
    private const int ConfirmProbe = 0x810; // MSG_CONFIRM | MSG_PROBE

    private static readonly ContextField s_userFamily = ContextTables.SockAddr.Field("user_family");
    private static readonly ContextField s_userIp4 = ContextTables.SockAddr.Field("user_ip4");
    private static readonly ContextField s_userIp6 = ContextTables.SockAddr.Field("user_ip6");
    private static readonly ContextField s_userPort = ContextTables.SockAddr.Field("user_port");
    private static readonly ContextField s_family = ContextTables.SockAddr.Field("family");
    private static readonly ContextField s_type = ContextTables.SockAddr.Field("type");
    private static readonly ContextField s_protocol = ContextTables.SockAddr.Field("protocol");
    private static readonly ContextField s_sourceIp4 = ContextTables.SockAddr.Field("msg_src_ip4");
    private static readonly ContextField s_sourceIp6 = ContextTables.SockAddr.Field("msg_src_ip6");

    public void Complete(WantedContext wanted)
    {
        int family = (int)(HasIp6(wanted.Hook) ? AddressFamilies.InterNetwork6 : AddressFamilies.InterNetwork);
        wanted.SetMissing(s_userFamily, family);
        wanted.SetMissing(s_family, family);
        wanted.SetMissing(s_type, (int)SocketTypes.Datagram);
        wanted.SetMissing(s_protocol, (int)SocketTypes.ProtocolOf((uint)wanted.Number(s_type)));
    }

    public string? WhyNot(WantedContext wanted) => wanted.Hook switch
    {
        AttachType.CgroupUnixConnect or AttachType.CgroupUnixSendmsg or AttachType.CgroupUnixRecvmsg
            or AttachType.CgroupUnixGetpeername or AttachType.CgroupUnixGetsockname => "sockets of AF_UNIX are not made here",
        _ when !wanted.Data.IsEmpty => "there is no packet where an address is told",
        _ => null,
    };

    public CallFailure? Cause(WantedContext wanted)
    {
        using var socket = Socket.TryCreate((uint)wanted.Number(s_family), (uint)wanted.Number(s_type), (uint)wanted.Number(s_protocol), out CallFailure? problem);
        if (socket is null) return problem;
        byte[] address = InternetAddress.Of((uint)wanted.Number(s_userFamily), wanted[s_userPort][..sizeof(ushort)], UserAddress(wanted));
        return wanted.Hook switch
        {
            AttachType.CgroupInet4Bind or AttachType.CgroupInet6Bind => socket.Bind(address),
            AttachType.CgroupInet4Connect or AttachType.CgroupInet6Connect => socket.Connect(address),
            AttachType.CgroupUdp4Sendmsg => Send(socket, address, wanted[s_sourceIp4]),
            AttachType.CgroupUdp6Sendmsg => Send(socket, address, wanted[s_sourceIp6]),
            AttachType.CgroupInet4Getsockname or AttachType.CgroupInet6Getsockname => BindToAny(socket, address) ?? socket.GetName(),
            AttachType.CgroupInet4Getpeername or AttachType.CgroupInet6Getpeername => ConnectToAny(socket, address) ?? socket.GetPeerName(),
            _ => Receive(socket, address, wanted),
        };
    }

    private static bool HasIp6(AttachType hook) => hook is AttachType.CgroupInet6Bind or AttachType.CgroupInet6Connect or AttachType.CgroupUdp6Sendmsg
        or AttachType.CgroupUdp6Recvmsg or AttachType.CgroupInet6Getpeername or AttachType.CgroupInet6Getsockname;

    private static Span<byte> UserAddress(WantedContext wanted) => wanted[HasIp6(wanted.Hook) ? s_userIp6 : s_userIp4];

    /// <summary>
    /// A socket that sends has a port by then: the same as one that receives. With these flags a route is looked for and nothing leaves
    /// (net/ipv4/udp.c and net/ipv6/udp.c, 6.18, do_confirm), as other programs would see it.
    /// </summary>
    private static CallFailure? Send(Socket socket, byte[] to, ReadOnlySpan<byte> source) =>
        InternetAddress.AllowAny(socket, to)
        ?? socket.Bind(InternetAddress.Any(source.Length, CaseNetwork.CallerPort))
        ?? socket.Send(to, [], InternetAddress.SourceOf(source), ConfirmProbe);

    /// <summary>Port and address need not be this host's; one of zeros is the one that a socket has at first.</summary>
    private static CallFailure? BindToAny(Socket socket, byte[] address) => address.AsSpan(sizeof(ushort)).ContainsAnyExcept((byte)0)
        ? InternetAddress.AllowAny(socket, address) ?? socket.Bind(address)
        : null;

    private static CallFailure? ConnectToAny(Socket socket, byte[] address) =>
        InternetAddress.Route(socket, address)
        ?? socket.Bind(InternetAddress.LoopbackLike(address, CaseNetwork.CallerPort))
        ?? socket.Connect(address);

    /// <summary>A datagram from there comes to the loopback.</summary>
    private static CallFailure? Receive(Socket receiver, byte[] from, WantedContext wanted)
    {
        using var sender = Socket.TryCreate((uint)wanted.Number(s_userFamily), SocketTypes.Datagram, SocketTypes.Udp, out CallFailure? problem);
        return problem
            ?? receiver.Bind(InternetAddress.AnyLike(from, CaseNetwork.CallerPort))
            ?? BindToAny(sender!, from)
            ?? sender!.Send(InternetAddress.LoopbackLike(from, CaseNetwork.CallerPort), [0])
            ?? receiver.Receive([0], out _);
    }
}
