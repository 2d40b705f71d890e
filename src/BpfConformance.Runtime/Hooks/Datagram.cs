using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Runtime.Hooks;

/// <summary>UDP in IPv4 in an Ethernet frame (RFC 791, RFC 768).</summary>
internal static class Datagram
{
    public const int LinkBytes = PacketRules.LinkHeaderBytes;
    public const int Ip4Bytes = 20;
    public const int UdpBytes = 8;

    /// <summary>Of all three.</summary>
    public const int HeaderBytes = LinkBytes + Ip4Bytes + UdpBytes;

    /// <summary>Where the two fields are that are the sender's own: the identification, and the checksum that it goes into.</summary>
    public static readonly Range[] OwnBytes = [(LinkBytes + 4)..(LinkBytes + 6), (LinkBytes + 10)..(LinkBytes + 12)];

    private const byte Version4Of20Bytes = 0x45;
    private const byte Udp = 17;
    private const byte TimeToLive = 64;
    private const ushort DoNotFragment = 0x4000;

    /// <summary>What the host makes of what its socket sends (net/ipv4/ip_output.c, 6.18, <c>__ip_make_skb</c>): the identification is 0.</summary>
    /// <param name="frame">Gets it; of the right length.</param>
    /// <param name="device">Where it leaves.</param>
    /// <param name="port">To which port of the neighbor.</param>
    /// <param name="payload">What.</param>
    public static void Write(Span<byte> frame, NetworkDevice device, ushort port, ReadOnlySpan<byte> payload)
    {
        device.NeighborHardwareAddress.CopyTo(frame);
        device.HardwareAddress.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);

        Span<byte> ip = frame[LinkBytes..];
        ip[..Ip4Bytes].Clear();
        ip[0] = Version4Of20Bytes;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], DoNotFragment);
        (ip[8], ip[9]) = (TimeToLive, Udp);
        device.Address.CopyTo(ip[12..]);
        device.NeighborAddress.CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~InternetChecksum.Sum(ip[..Ip4Bytes]));

        Span<byte> udp = ip[Ip4Bytes..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, CaseNetwork.ReceiverPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
        payload.CopyTo(udp[UdpBytes..]);
        ushort checksum = (ushort)~InternetChecksum.Sum(udp, InternetChecksum.PseudoHeader(ip[12..20], Udp, udp.Length));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? ushort.MaxValue : checksum); // 0 says that there is none
    }
}
