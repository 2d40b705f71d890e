using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>The socket that a packet belongs to: that of a wire, or of the host, which is UDP over IPv4, bound to no address, and to one port.</summary>
internal static unsafe class PacketSocket
{
    private const uint NoQueue = uint.MaxValue;

    private static readonly nint s_table = (nint)ContextTable.Of(ContextTables.Sock["sock_common"]);

    public static void Show(Region* region, bool isOfHost)
    {
        region->OpenFields((ContextTable*)s_table, ContextTables.Sock.SizeBytes);
        var socket = new ContextBytes(region);
        socket.SetWord(Field("state"), SocketStates.Closed);
        socket.SetWord(Field("rx_queue_mapping"), NoQueue);
        if (!isOfHost) return;
        socket.SetWord(Field("family"), AddressFamilies.InterNetwork);
        socket.SetWord(Field("src_port"), CaseNetwork.ReceiverPort);
    }

    private static ContextField Field(string name) => ContextTables.Sock.Field(name);
}
