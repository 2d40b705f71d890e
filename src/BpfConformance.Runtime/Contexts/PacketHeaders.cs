using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Runtime.Contexts;

/// <summary>What the network stack reads off a packet before a program sees it.</summary>
internal readonly ref struct PacketHeaders(ReadOnlySpan<byte> packet)
{
    /// <summary>Of the protocol behind the link header.</summary>
    public const int TypeOffset = 12; // include/uapi/linux/if_ether.h, struct ethhdr
    private const uint ToHost = 0; // include/uapi/linux/if_packet.h, PACKET_HOST
    private const uint ToAll = 1; // PACKET_BROADCAST
    private const uint ToMany = 2; // PACKET_MULTICAST
    private const uint ToOthers = 3; // PACKET_OTHERHOST

    private readonly ReadOnlySpan<byte> _packet = packet;

    /// <summary>One of <see cref="EtherTypes"/>, or any other.</summary>
    public ushort Protocol => _packet.Length < PacketRules.LinkHeaderBytes ? (ushort)0 : EtherTypes.Of(_packet[TypeOffset..]);

    /// <summary>Whose it is where the device's address is all zeros, as loopback's is, and no packet is for all.</summary>
    public uint Kind => KindAt([0, 0, 0, 0, 0, 0]);

    /// <summary>Whose it is for a device with an address (net/ethernet/eth.c, 6.18, <c>eth_type_trans</c>).</summary>
    public uint KindAt(ReadOnlySpan<byte> address)
    {
        const byte Multicast = 1;
        if (_packet.Length < address.Length) return ToHost;
        ReadOnlySpan<byte> target = _packet[..address.Length];
        bool isToAll = !target.ContainsAnyExcept(byte.MaxValue) && address.ContainsAnyExcept((byte)0);
        return isToAll ? ToAll : (target[0] & Multicast) != 0 ? ToMany : target.SequenceEqual(address) ? ToHost : ToOthers;
    }

    /// <summary>Of its addresses; 0: it has none.</summary>
    public uint Family => Protocol switch
    {
        EtherTypes.Ip4 => AddressFamilies.InterNetwork,
        EtherTypes.Ip6 => AddressFamilies.InterNetwork6,
        _ => 0,
    };

    public ReadOnlySpan<byte> Source => Address(isSource: true);

    public ReadOnlySpan<byte> Destination => Address(isSource: false);

    /// <summary>Empty: the packet has none, or not all of it.</summary>
    private ReadOnlySpan<byte> Address(bool isSource)
    {
        // struct iphdr: saddr is at 12; struct ipv6hdr: at 8. What it goes to follows.
        (int offset, int bytes) = Family switch
        {
            AddressFamilies.InterNetwork => (12, 4),
            AddressFamilies.InterNetwork6 => (8, 16),
            _ => (0, 0),
        };
        int start = PacketRules.LinkHeaderBytes + offset + (isSource ? 0 : bytes);
        return start + bytes <= _packet.Length ? _packet.Slice(start, bytes) : [];
    }
}
