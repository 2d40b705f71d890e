using System.Buffers.Binary;

namespace BpfConformance.Runtime.Contexts;

/// <summary>Protocols behind the link header, in network order, as programs load them (include/uapi/linux/if_ether.h, 6.18, ETH_P_*).</summary>
internal static class EtherTypes
{
    public const ushort Ip4 = 0x0008;
    public const ushort Ip6 = 0xdd86;

    /// <summary>Before the tag of a virtual network (ETH_P_8021Q), and before one around it (ETH_P_8021AD).</summary>
    public const ushort CustomerTag = 0x0081;
    public const ushort ServiceTag = 0xa888;

    private const ushort NovellRaw = 0x0100; // ETH_P_802_3
    private const ushort LogicalLink = 0x0400; // ETH_P_802_2
    private const int LeastType = 0x0600; // ETH_P_802_3_MIN: what is less is a length

    /// <summary>What the kernel makes of a packet's bytes from the type on (net/ethernet/eth.c, 6.18, <c>eth_type_trans</c>).</summary>
    public static ushort Of(ReadOnlySpan<byte> fromType) =>
        BinaryPrimitives.ReadUInt16BigEndian(fromType) >= LeastType ? BinaryPrimitives.ReadUInt16LittleEndian(fromType)
        : fromType[sizeof(ushort)..].StartsWith((ReadOnlySpan<byte>)[0xff, 0xff]) ? NovellRaw
        : LogicalLink;
}
