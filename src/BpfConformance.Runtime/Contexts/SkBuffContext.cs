using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// A packet in the network stack, as TEST_RUN makes it (net/bpf/test_run.c, 6.18, <c>bpf_prog_test_run_skb</c>): it came through loopback, and
/// belongs to a socket of the packet's source.
/// </summary>
internal static unsafe class SkBuffContext
{

    private static readonly ContextField s_len = Field("len");
    private static readonly ContextField s_packetType = Field("pkt_type");
    private static readonly ContextField s_protocol = Field("protocol");
    private static readonly ContextField s_ifindex = Field("ifindex");
    private static readonly ContextField s_wireLen = Field("wire_len");
    private static readonly ContextField s_gsoSize = Field("gso_size");
    private static readonly ContextField s_gsoSegs = Field("gso_segs");
    private static readonly ContextField s_family = Field("family");
    private static readonly ContextField s_localIp4 = Field("local_ip4");
    private static readonly ContextField s_remoteIp4 = Field("remote_ip4");
    private static readonly ContextField s_localIp6 = Field("local_ip6");
    private static readonly ContextField s_remoteIp6 = Field("remote_ip6");
    private static readonly ContextField s_vlanPresent = Field("vlan_present");
    private static readonly ContextField s_vlanTci = Field("vlan_tci");
    private static readonly ContextField s_vlanProto = Field("vlan_proto");
    private static readonly ContextField s_tstamp = Field("tstamp");
    private static readonly ContextField s_tstampType = Field("tstamp_type");
    private static readonly ContextField s_hash = Field("hash");

    private static readonly nint s_socketTable = (nint)ContextTable.Of(ContextTables.Sock["sock_common"]);
    private static readonly ContextField s_socketFamily = ContextTables.Sock.Field("family");
    private static readonly ContextField s_sourceIp4 = ContextTables.Sock.Field("src_ip4");
    private static readonly ContextField s_sourceIp6 = ContextTables.Sock.Field("src_ip6");
    private static readonly ContextField s_destinationIp4 = ContextTables.Sock.Field("dst_ip4");
    private static readonly ContextField s_destinationIp6 = ContextTables.Sock.Field("dst_ip6");
    private static readonly ContextField s_state = ContextTables.Sock.Field("state");
    private static readonly ContextField s_queue = ContextTables.Sock.Field("rx_queue_mapping");

    public static void Complete(Machine* m, ContextBytes context, ReadOnlySpan<byte> packet)
    {
        var headers = new PacketHeaders(packet);
        uint bytes = m->Regions[Regions.Data].Length;
        context.SetWord(s_len, bytes);
        context.SetMissing(s_packetType, headers.Kind);
        context.SetMissing(s_protocol, headers.Protocol);
        context.SetMissing(s_ifindex, Devices.Loopback);
        context.SetMissing(s_wireLen, bytes);
        context.SetWord(s_gsoSize, (ushort)context.Word(s_gsoSize));
        context.SetMissing(s_family, headers.Family);
        bool isIp4 = headers.Family == AddressFamilies.InterNetwork;
        context.SetMissing(isIp4 ? s_localIp4 : s_localIp6, headers.Source);
        context.SetMissing(isIp4 ? s_remoteIp4 : s_remoteIp6, headers.Destination);
        OpenSocket(m->Regions + Regions.Socket, headers, isIp4);
    }

    /// <summary>The packet was made longer or shorter.</summary>
    public static void Follow(Machine* m) => Of(m).SetWord(s_len, Packet.Length(m));

    public static ushort Protocol(Machine* m) => (ushort)Of(m).Word(s_protocol);

    public static void SetProtocol(Machine* m, ushort protocol) => Of(m).SetWord(s_protocol, protocol);

    public static uint PacketType(Machine* m) => Of(m).Word(s_packetType);

    public static void SetPacketType(Machine* m, uint type) => Of(m).SetWord(s_packetType, type);

    public static uint Hash(Machine* m) => Of(m).Word(s_hash);

    /// <param name="m">The machine.</param>
    /// <param name="hash">The new one.</param>
    /// <param name="shadow">What is known of it: a <see cref="ByteShadow"/>.</param>
    public static void SetHash(Machine* m, uint hash, byte shadow)
    {
        Of(m).SetWord(s_hash, hash);
        Region* context = m->Regions + Regions.Context;
        if (context->Shadow != null) new Span<byte>(context->Shadow + s_hash.Offset, s_hash.SizeBytes).Fill(shadow);
    }

    public static void SetTime(Machine* m, ulong time, byte clock)
    {
        ContextBytes context = Of(m);
        BitConverter.TryWriteBytes(context[s_tstamp], time);
        context[s_tstampType][0] = clock;
    }

    /// <summary>Whether it stands for several packets, of which the program was told a size (<c>skb_is_gso</c>).</summary>
    public static bool IsSegmented(Machine* m) => Of(m).Word(s_gsoSize) != 0;

    public static void ResetSegments(Machine* m)
    {
        if (!IsSegmented(m)) return;
        Of(m).SetWord(s_gsoSize, 0);
        Of(m).SetWord(s_gsoSegs, 0);
    }

    public static bool HasTag(Machine* m) => Of(m).Word(s_vlanPresent) != 0;

    /// <summary>What the packet is tagged with beside its bytes: protocol (in network order) and tag.</summary>
    public static (ushort Protocol, ushort Tag) Tag(Machine* m) => ((ushort)Of(m).Word(s_vlanProto), (ushort)Of(m).Word(s_vlanTci));

    public static void SetTag(Machine* m, ushort protocol, ushort tag) => SetTag(m, 1, protocol, tag);

    public static void ClearTag(Machine* m) => SetTag(m, 0, 0, 0);

    private static void SetTag(Machine* m, uint isPresent, ushort protocol, ushort tag)
    {
        ContextBytes context = Of(m);
        context.SetWord(s_vlanPresent, isPresent);
        context.SetWord(s_vlanProto, protocol);
        context.SetWord(s_vlanTci, tag);
    }

    private static ContextBytes Of(Machine* m) => new(m->Regions + Regions.Context);

    private static void OpenSocket(Region* region, PacketHeaders headers, bool isIp4)
    {
        region->OpenFields((ContextTable*)s_socketTable, ContextTables.Sock.SizeBytes);
        var socket = new ContextBytes(region);
        socket.SetWord(s_socketFamily, headers.Family);
        headers.Source.CopyTo(socket[isIp4 ? s_sourceIp4 : s_sourceIp6]);
        headers.Destination.CopyTo(socket[isIp4 ? s_destinationIp4 : s_destinationIp6]);
        socket.SetWord(s_state, SocketStates.Closed);
        socket.SetWord(s_queue, uint.MaxValue); // of no queue
    }

    private static ContextField Field(string name) => ContextTables.SkBuff.Field(name);
}
