using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// The sockets of the host in a <see cref="CaseNetwork"/>, as programs see them: those for datagrams are of UDP over IPv4, bound to no address, and to one
/// port; the others are the sides of the connection.
/// </summary>
internal static unsafe class SocketFields
{
    private static readonly nint s_whole = (nint)ContextTable.Of(ContextTables.Sock["sock"]);
    private static readonly ContextField s_protocol = ContextTables.Sock.Field("protocol");
    private static readonly nint s_common = (nint)ContextTable.Of(ContextTables.Sock["sock_common"]);

    /// <summary>Which socket a datagram to a port is for; of those that share one the first, as a hash says which; 0: none.</summary>
    public static NetworkPlace WithPort(ushort port) => port switch
    {
        CaseNetwork.ReceiverPort => NetworkPlace.Receiver,
        CaseNetwork.SharedPort => NetworkPlace.First,
        _ => default,
    };

    /// <summary>Where one for datagrams is bound.</summary>
    public static ushort PortOf(NetworkPlace socket) => socket == NetworkPlace.Receiver ? CaseNetwork.ReceiverPort : CaseNetwork.SharedPort;

    /// <summary>Whether it is one of those that share a port.</summary>
    public static bool IsInGroup(NetworkPlace socket) => socket is NetworkPlace.First or NetworkPlace.Second;

    /// <summary>Whether a region shows one that speaks TCP.</summary>
    public static bool IsStream(Region* region) => new ContextBytes(region).Word(s_protocol) == SocketTypes.Tcp;

    /// <summary>Puts all of one into a region.</summary>
    public static void Show(Region* region, NetworkPlace socket) => Fill(region, s_whole, socket);

    /// <summary>The same where programs see only what sockets of all kinds have.</summary>
    public static void ShowCommon(Region* region, NetworkPlace socket) => Fill(region, s_common, socket);

    /// <summary>Shows the rest of what was shown in part.</summary>
    public static void ShowWhole(Region* region) => region->Fields = (ContextTable*)s_whole;

    /// <summary>A socket that is a descriptor's, and of no protocol: the wire of a device (drivers/net/tun.c, 6.18).</summary>
    public static void ShowWire(Region* region) => SocketBytes.Open(region, (ContextTable*)s_common, family: 0, type: 0, protocol: 0);

    private static void Fill(Region* region, nint table, NetworkPlace socket)
    {
        if (socket.IsStream())
        {
            region->OpenFields((ContextTable*)table, ContextTables.Sock.SizeBytes);
            StreamAddresses.ShowSocket(region, socket);
            return;
        }

        ContextBytes fields = SocketBytes.Open(region, (ContextTable*)table, AddressFamilies.InterNetwork, SocketTypes.Datagram, SocketTypes.Udp);
        SocketBytes.SetSourcePort(fields, PortOf(socket));
    }
}
