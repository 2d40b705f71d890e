using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;

namespace BpfConformance.Runtime.Hooks;

/// <summary>What the network stack knows of a packet at the places of its way (net/core/dev.c, drivers/net/tun.c, net/ipv4; 6.18; measured).</summary>
internal static class PacketFields
{
    public static ContextField PacketType { get; } = Field("pkt_type");

    public static ContextField Protocol { get; } = Field("protocol");

    public static ContextField TagPresent { get; } = Field("vlan_present");

    public static ContextField Tag { get; } = Field("vlan_tci");

    /// <summary>In network order, as <see cref="Protocol"/>.</summary>
    public static ContextField TagProtocol { get; } = Field("vlan_proto");

    private static readonly ContextField s_queueMapping = Field("queue_mapping");
    private static readonly ContextField s_ingressIfindex = Field("ingress_ifindex");
    private static readonly ContextField s_ifindex = Field("ifindex");
    private static readonly ContextField s_tcIndex = Field("tc_index");
    private static readonly ContextField s_tcClassId = Field("tc_classid");
    private static readonly ContextField s_controlBlock = Field("cb");
    private static readonly ContextField s_priority = Field("priority");
    private static readonly ContextField s_tstamp = Field("tstamp");
    private static readonly ContextField s_wireLen = Field("wire_len");
    private static readonly ContextField s_family = Field("family");
    private static readonly ContextField s_localPort = Field("local_port");

    /// <summary>A frame becomes a packet of the network stack.</summary>
    public static void BeginIngress(LivePacket packet)
    {
        const uint FirstQueue = 1; // numbers of queues are kept with one added
        var headers = new PacketHeaders(packet.Bytes);
        packet[PacketType] = headers.KindAt([.. packet.Device.HardwareAddress]);
        packet[Protocol] = headers.Protocol;
        packet[s_queueMapping] = FirstQueue;
        packet[s_ingressIfindex] = packet[s_ifindex] = (uint)packet.Device.Index;
    }

    /// <summary>Programs of tc are about to see it, and how long it is: what comes in, without its link header.</summary>
    public static void BeginTc(LivePacket packet, bool isIngress) => packet[s_wireLen] = (uint)(packet.Bytes.Length - (isIngress ? DatagramLayout.LinkBytes : 0));

    /// <summary>It is redirected to its device: out, or in again, where it is looked at anew (net/core/dev.c, 6.18, <c>dev_forward_skb_nomtu</c>).</summary>
    public static void MoveTo(LivePacket packet, bool goesIn)
    {
        packet[s_ifindex] = (uint)packet.Device.Index;
        if (!goesIn)
        {
            packet.Clear(s_tstamp);
            return;
        }

        packet.DropTunnel();
        var headers = new PacketHeaders(packet.Bytes);
        packet[s_ingressIfindex] = (uint)packet.Device.Index;
        packet[PacketType] = headers.KindAt([.. packet.Device.HardwareAddress]);
        packet[Protocol] = headers.Protocol;
        packet.Clear(s_priority);
    }

    /// <summary>The socket sends it.</summary>
    public static void BeginEgress(LivePacket packet)
    {
        packet[Protocol] = EtherTypes.Ip4;
        SetSocket(packet, NetworkPlace.Receiver);
    }

    /// <summary>It has taken a route that leads to its device (net/ipv4/ip_output.c, 6.18, <c>ip_output</c>).</summary>
    public static void SetDevice(LivePacket packet) => packet[s_ifindex] = (uint)packet.Device.Index;

    /// <summary>The packet has found its socket.</summary>
    public static void SetSocket(LivePacket packet, NetworkPlace socket)
    {
        packet.DropTunnel();
        packet.Socket = socket;
        packet[s_family] = AddressFamilies.InterNetwork;
        packet[s_localPort] = SocketFields.PortOf(socket);
    }

    /// <summary>Each layer uses it for itself, and gives it to programs empty.</summary>
    public static void ClearControlBlock(LivePacket packet) => packet.Clear(s_controlBlock);

    /// <summary>A program of tc lets the packet pass (net/core/dev.c, <c>tcx_action_code</c>).</summary>
    public static void KeepClass(LivePacket packet) => packet[s_tcIndex] = packet[s_tcClassId];

    private static ContextField Field(string name) => ContextTables.SkBuff.Field(name);
}
