using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// What becomes of a packet that is redirected to a neighbor: it gets a link header anew, from its device to the neighbor (net/core/filter.c,
/// 6.18, <c>__bpf_redirect_neigh</c>).
/// </summary>
/// <param name="Device">By which it leaves; <c>null</c>: it does not.</param>
/// <param name="KeepsRoute">Whether no route is looked up for it.</param>
/// <param name="WhyUnknown">Why it is not known whether it does; <c>null</c>: it is.</param>
internal readonly record struct NeighborOutput(NetworkDevice? Device, bool KeepsRoute = false, string? WhyUnknown = null)
{
    private const int DestinationOffset = DatagramLayout.LinkBytes + 16; // struct iphdr

    private static readonly NeighborOutput s_dropped = new(Device: null);

    public bool IsSent => Device is not null;

    /// <param name="packet">From its link header on.</param>
    /// <param name="device">Where the program sends it.</param>
    /// <param name="redirect">What it has said beside.</param>
    public static NeighborOutput Of(LivePacket packet, NetworkDevice device, Redirect redirect)
    {
        const byte Multicast = 1;
        if (packet.MetaBytes > 0) return Unknown("a redirect to a neighbor of a packet with metadata, which the header may be written into");
        if (packet.Shadow[0] != ByteShadow.Scalar || packet.IsRearranged) return Unknown("a redirect to a neighbor of a packet without a plain link header");
        if ((packet.Bytes[0] & Multicast) != 0) return s_dropped;
        ushort protocol = (ushort)packet[PacketFields.Protocol];
        if (protocol == EtherTypes.Ip6) return Unknown("a redirect to a neighbor of IPv6");
        if (protocol != EtherTypes.Ip4) return s_dropped;
        if (redirect.Kind == RedirectKind.NextHop) return ToStated(device, redirect);
        ReadOnlySpan<byte> destination = DestinationOf(packet);
        return destination.IsEmpty ? Unknown("a redirect to a neighbor of a packet without a plain header") : To(device, destination, keepsRoute: false);
    }

    /// <summary>
    /// Whether an IPv4 packet is for the neighbor of its device: a packet of the host gets the link header of whom it is for when the programs of its route
    /// have run (net/ipv4/ip_output.c, 6.18, <c>ip_finish_output2</c>).
    /// </summary>
    public static bool IsFor(LivePacket packet, NetworkDevice device) => DestinationOf(packet).SequenceEqual(device.NeighborAddress.AsSpan());

    /// <summary>Writes the header.</summary>
    public void Write(LivePacket packet)
    {
        Span<byte> header = packet.Bytes[..DatagramLayout.LinkBytes];
        Device!.NeighborHardwareAddress.AsSpan().CopyTo(header);
        Device.HardwareAddress.AsSpan().CopyTo(header[Device.HardwareAddress.Length..]);
        BinaryPrimitives.WriteUInt16LittleEndian(header[^sizeof(ushort)..], EtherTypes.Ip4);
        packet.Shadow[..DatagramLayout.LinkBytes].Fill(ByteShadow.Scalar);
        if (!KeepsRoute) packet.DropTunnel();
    }

    /// <summary>Of <c>struct bpf_redir_neigh</c> (include/uapi/linux/bpf.h, 6.18): the family, and the address.</summary>
    private static unsafe NeighborOutput ToStated(NetworkDevice device, Redirect redirect)
    {
        var hop = new ReadOnlySpan<byte>(redirect.NextHop, Redirect.NextHopBytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(hop) switch
        {
            AddressFamilies.InterNetwork => To(device, hop.Slice(sizeof(uint), sizeof(uint)), keepsRoute: true),
            AddressFamilies.InterNetwork6 => Unknown("a redirect to a neighbor of IPv6"),
            _ => s_dropped,
        };
    }

    /// <summary>Empty: it has none, or it is a machine's own.</summary>
    private static ReadOnlySpan<byte> DestinationOf(LivePacket packet)
    {
        bool isPlain = packet.Bytes.Length >= DestinationOffset + sizeof(uint)
            && !packet.Shadow.Slice(DestinationOffset, sizeof(uint)).ContainsAnyExcept(ByteShadow.Scalar);
        return isPlain ? packet.Bytes.Slice(DestinationOffset, sizeof(uint)) : [];
    }

    private static NeighborOutput To(NetworkDevice device, ReadOnlySpan<byte> address, bool keepsRoute) =>
        address.SequenceEqual(device.NeighborAddress.AsSpan()) ? new(device, keepsRoute) : Unknown("a redirect to a neighbor that nobody knows");

    private static NeighborOutput Unknown(string why) => new(Device: null, WhyUnknown: why);
}
