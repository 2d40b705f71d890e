using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>What the <c>sk</c> of a context leads to: a socket that nothing but its hook's call has touched.</summary>
internal static unsafe class SocketBytes
{
    private const int BytesOfIp4 = 4;

    /// <summary>What a socket of IPv6 has for an address of IPv4 (include/net/ipv6.h, LOOPBACK4_IPV6).</summary>
    private static readonly byte[] s_isIp6 = [127, 0, 0, 6];

    /// <summary>What an IPv4 address in IPv6 begins with (RFC 4291 section 2.5.5.2).</summary>
    private static readonly byte[] s_mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    private static readonly nint s_table = (nint)ContextTable.Of(ContextTables.Sock["sock"]);
    private static readonly ContextField s_family = ContextTables.Sock.Field("family");
    private static readonly ContextField s_type = ContextTables.Sock.Field("type");
    private static readonly ContextField s_protocol = ContextTables.Sock.Field("protocol");
    private static readonly ContextField s_sourceIp4 = ContextTables.Sock.Field("src_ip4");
    private static readonly ContextField s_sourceIp6 = ContextTables.Sock.Field("src_ip6");
    private static readonly ContextField s_sourcePort = ContextTables.Sock.Field("src_port");
    private static readonly ContextField s_peerIp4 = ContextTables.Sock.Field("dst_ip4");
    private static readonly ContextField s_peerIp6 = ContextTables.Sock.Field("dst_ip6");
    private static readonly ContextField s_peerPort = ContextTables.Sock.Field("dst_port");
    private static readonly ContextField s_state = ContextTables.Sock.Field("state");
    private static readonly ContextField s_queue = ContextTables.Sock.Field("rx_queue_mapping");

    /// <summary>Makes the socket of a run.</summary>
    public static ContextBytes Open(Machine* m, uint family, uint type, uint protocol) =>
        Open(m->Regions + Regions.Socket, (ContextTable*)s_table, family, type, protocol);

    /// <summary>The same of any region, of which programs may see what a table says.</summary>
    public static ContextBytes Open(Region* region, ContextTable* table, uint family, uint type, uint protocol)
    {
        region->OpenFields(table, ContextTables.Sock.SizeBytes);
        var socket = new ContextBytes(region);
        socket.SetWord(s_family, family);
        socket.SetWord(s_type, type);
        socket.SetWord(s_protocol, protocol);
        socket.SetWord(s_state, SocketStates.Closed);
        socket.SetWord(s_queue, uint.MaxValue); // of no queue
        return socket;
    }

    public static void SetSourcePort(ContextBytes socket, ushort port) => socket.SetWord(s_sourcePort, port);

    /// <summary>The socket is bound to an address, of four bytes or sixteen.</summary>
    public static void SetSource(ContextBytes socket, ReadOnlySpan<byte> address)
    {
        if (address.Length != BytesOfIp4) address.CopyTo(socket[s_sourceIp6]);
        Ip4Of(address).CopyTo(socket[s_sourceIp4]);
    }

    /// <summary>The socket has a peer; its port is in network order.</summary>
    public static void Connect(ContextBytes socket, ReadOnlySpan<byte> address, ReadOnlySpan<byte> port)
    {
        address.CopyTo(socket[address.Length == BytesOfIp4 ? s_peerIp4 : s_peerIp6]);
        port.CopyTo(socket[s_peerPort]);
        socket.SetWord(s_state, SocketStates.Established);
    }

    private static ReadOnlySpan<byte> Ip4Of(ReadOnlySpan<byte> address) =>
        address.Length == BytesOfIp4 || !address.ContainsAnyExcept((byte)0) ? address[..BytesOfIp4]
        : address.StartsWith(s_mapped) ? address[s_mapped.Length..]
        : s_isIp6;
}
