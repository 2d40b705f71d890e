using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// An address that user space gives or asks for: of a UDP socket, where the case says nothing else. One that sends or receives is bound
/// to a port, one that has a peer to the loopback too (net/core/filter.c, kernel/bpf/cgroup.c, 6.18; what a socket has by then was measured).
/// </summary>
internal static unsafe class SockAddrContext
{
    private static readonly ContextField s_userFamily = ContextTables.SockAddr.Field("user_family");
    private static readonly ContextField s_userIp4 = ContextTables.SockAddr.Field("user_ip4");
    private static readonly ContextField s_userIp6 = ContextTables.SockAddr.Field("user_ip6");
    private static readonly ContextField s_userPort = ContextTables.SockAddr.Field("user_port");
    private static readonly ContextField s_family = ContextTables.SockAddr.Field("family");
    private static readonly ContextField s_type = ContextTables.SockAddr.Field("type");
    private static readonly ContextField s_protocol = ContextTables.SockAddr.Field("protocol");
    private static readonly byte[] s_loopback4 = [127, 0, 0, 1];
    private static readonly byte[] s_loopback6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    public static void Complete(Machine* m, ContextBytes context, ContextView view, AttachType hook)
    {
        uint family = FamilyOf(view);
        context.SetMissing(s_userFamily, family);
        context.SetMissing(s_family, family);
        context.SetMissing(s_type, SocketTypes.Datagram);
        if (family != AddressFamilies.Unix) context.SetMissing(s_protocol, SocketTypes.ProtocolOf(context.Word(s_type)));
        ContextBytes socket = SocketBytes.Open(m, context.Word(s_family), context.Word(s_type), context.Word(s_protocol));
        ReadOnlySpan<byte> address = context[family == AddressFamilies.InterNetwork6 ? s_userIp6 : s_userIp4];
        switch (hook)
        {
            case AttachType.CgroupUdp4Sendmsg or AttachType.CgroupUdp6Sendmsg or AttachType.CgroupUdp4Recvmsg or AttachType.CgroupUdp6Recvmsg:
                SocketBytes.SetSourcePort(socket, CaseNetwork.CallerPort);
                break;
            case AttachType.CgroupInet4Getsockname or AttachType.CgroupInet6Getsockname:
                SocketBytes.SetSource(socket, address);
                SocketBytes.SetSourcePort(socket, BinaryPrimitives.ReverseEndianness((ushort)context.Word(s_userPort)));
                break;
            case AttachType.CgroupInet4Getpeername or AttachType.CgroupInet6Getpeername:
                SocketBytes.SetSource(socket, family == AddressFamilies.InterNetwork6 ? s_loopback6 : s_loopback4);
                SocketBytes.SetSourcePort(socket, CaseNetwork.CallerPort);
                SocketBytes.Connect(socket, address, context[s_userPort][..sizeof(ushort)]);
                break;
        }
    }

    private static uint FamilyOf(ContextView view) => view.Name switch
    {
        "inet6" or "udp6_sendmsg" => AddressFamilies.InterNetwork6,
        "unix" => AddressFamilies.Unix,
        _ => AddressFamilies.InterNetwork,
    };
}
