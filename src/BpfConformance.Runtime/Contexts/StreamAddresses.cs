using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>A side of the connection, as programs see it in their contexts: the words are the same in all of them.</summary>
internal static unsafe class StreamAddresses
{
    private static readonly ContextField s_type = ContextTables.Sock.Field("type");
    private static readonly ContextField s_protocol = ContextTables.Sock.Field("protocol");
    private static readonly ContextField s_family = ContextTables.Sock.Field("family");
    private static readonly ContextField s_sourceIp4 = ContextTables.Sock.Field("src_ip4");
    private static readonly ContextField s_sourcePort = ContextTables.Sock.Field("src_port");
    private static readonly ContextField s_peerIp4 = ContextTables.Sock.Field("dst_ip4");
    private static readonly ContextField s_peerPort = ContextTables.Sock.Field("dst_port");
    private static readonly ContextField s_state = ContextTables.Sock.Field("state");
    private static readonly ContextField s_queue = ContextTables.Sock.Field("rx_queue_mapping");

    /// <summary>Family, addresses and ports; that of the peer has two bytes of zeros before it, as the other is a number.</summary>
    public static void Put(ContextBytes context, ContextLayout layout, NetworkPlace socket)
    {
        context.SetWord(layout.Field("family"), AddressFamilies.InterNetwork);
        CaseNetwork.LoopbackAddress.CopyTo(context[layout.Field("remote_ip4")]);
        CaseNetwork.LoopbackAddress.CopyTo(context[layout.Field("local_ip4")]);
        BinaryPrimitives.WriteUInt32BigEndian(context[layout.Field("remote_port")], PortOf(socket, isPeer: true));
        context.SetWord(layout.Field("local_port"), PortOf(socket, isPeer: false));
    }

    /// <summary>The socket itself. By which queue it receives is a machine's own.</summary>
    public static void ShowSocket(Region* region, NetworkPlace place)
    {
        var socket = new ContextBytes(region);
        socket.SetWord(s_family, AddressFamilies.InterNetwork);
        socket.SetWord(s_type, SocketTypes.Stream);
        socket.SetWord(s_protocol, SocketTypes.Tcp);
        CaseNetwork.LoopbackAddress.CopyTo(socket[s_sourceIp4]);
        CaseNetwork.LoopbackAddress.CopyTo(socket[s_peerIp4]);
        socket.SetWord(s_sourcePort, PortOf(place, isPeer: false));
        BinaryPrimitives.WriteUInt16BigEndian(socket[s_peerPort], PortOf(place, isPeer: true));
        socket.SetWord(s_state, SocketStates.Established);
        if (region->Shadow != null) new Span<byte>(region->Shadow + s_queue.Offset, s_queue.SizeBytes).Fill(ByteShadow.Volatile);
    }

    /// <summary>The side at which a segment with such addresses and ports, in network order, arrives; 0: neither.</summary>
    public static NetworkPlace WithTuple(ReadOnlySpan<byte> tuple)
    {
        bool isOfLoopback = tuple.StartsWith(CaseNetwork.LoopbackAddress.AsSpan()) && tuple[sizeof(uint)..].StartsWith(CaseNetwork.LoopbackAddress.AsSpan());
        ReadOnlySpan<byte> ports = tuple[(2 * sizeof(uint))..];
        return !isOfLoopback ? default : (BinaryPrimitives.ReadUInt16BigEndian(ports), BinaryPrimitives.ReadUInt16BigEndian(ports[sizeof(ushort)..])) switch
        {
            (CaseNetwork.ClientPort, CaseNetwork.ServerPort) => NetworkPlace.Server,
            (CaseNetwork.ServerPort, CaseNetwork.ClientPort) => NetworkPlace.Client,
            _ => default,
        };
    }

    private static ushort PortOf(NetworkPlace socket, bool isPeer) =>
        (socket == NetworkPlace.Client) != isPeer ? CaseNetwork.ClientPort : CaseNetwork.ServerPort;
}
