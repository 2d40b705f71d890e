using System.Buffers.Binary;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Runtime.Contexts;

/// <summary>What the network stack reads off a packet before a program sees it.</summary>
internal readonly ref struct PacketHeaders(ReadOnlySpan<byte> packet)
{
    private const int TypeOffset = 12; // include/uapi/linux/if_ether.h, struct ethhdr
    private const int InterNetwork = 0x0800; // ETH_P_IP
    private const int InterNetwork6 = 0x86dd; // ETH_P_IPV6
    private const int LeastType = 0x0600; // ETH_P_802_3_MIN: what is less is a length
    private const ushort NovellRaw = 0x0100; // htons(ETH_P_802_3)
    private const ushort LogicalLink = 0x0400; // htons(ETH_P_802_2)
    private const uint ToHost = 0; // include/uapi/linux/if_packet.h, PACKET_HOST
    private const uint ToMany = 2; // PACKET_MULTICAST
    private const uint ToOthers = 3; // PACKET_OTHERHOST

    private readonly ReadOnlySpan<byte> _packet = packet;

    /// <summary>As a program loads it: in network order (net/ethernet/eth.c, 6.18, <c>eth_type_trans</c>).</summary>
    public ushort Protocol
    {
        get
        {
            if (_packet.Length < PacketRules.LinkHeaderBytes) return 0;
            if (EtherType >= LeastType) return BinaryPrimitives.ReadUInt16LittleEndian(_packet[TypeOffset..]);
            return _packet[PacketRules.LinkHeaderBytes..].StartsWith((ReadOnlySpan<byte>)[0xff, 0xff]) ? NovellRaw : LogicalLink;
        }
    }

    /// <summary>Whose it is: the device's address is all zeros, as loopback's is.</summary>
    public uint Kind
    {
        get
        {
            const int AddressBytes = 6;
            const byte Multicast = 1;
            if (_packet.Length < AddressBytes) return ToHost;
            return (_packet[0] & Multicast) != 0 ? ToMany : _packet[..AddressBytes].ContainsAnyExcept((byte)0) ? ToOthers : ToHost;
        }
    }

    /// <summary>Of its addresses; 0: it has none.</summary>
    public uint Family => EtherType switch
    {
        InterNetwork => AddressFamilies.InterNetwork,
        InterNetwork6 => AddressFamilies.InterNetwork6,
        _ => 0,
    };

    public ReadOnlySpan<byte> Source => Address(isSource: true);

    public ReadOnlySpan<byte> Destination => Address(isSource: false);

    private int EtherType => _packet.Length < PacketRules.LinkHeaderBytes ? 0 : BinaryPrimitives.ReadUInt16BigEndian(_packet[TypeOffset..]);

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
