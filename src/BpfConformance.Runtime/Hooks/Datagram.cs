using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Contexts;

namespace BpfConformance.Runtime.Hooks;

/// <summary>UDP in IPv4 in an Ethernet frame (RFC 791, RFC 768).</summary>
internal static class Datagram
{
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
        BinaryPrimitives.WriteUInt16LittleEndian(frame[12..], EtherTypes.Ip4);

        Span<byte> ip = frame[DatagramLayout.LinkBytes..];
        ip[..DatagramLayout.Ip4Bytes].Clear();
        ip[0] = Version4Of20Bytes;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], DoNotFragment);
        (ip[8], ip[9]) = (TimeToLive, Udp);
        device.Address.CopyTo(ip[12..]);
        device.NeighborAddress.CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~InternetChecksum.Sum(ip[..DatagramLayout.Ip4Bytes]));

        Span<byte> udp = ip[DatagramLayout.Ip4Bytes..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, CaseNetwork.ReceiverPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
        payload.CopyTo(udp[DatagramLayout.UdpBytes..]);
        ushort checksum = (ushort)~InternetChecksum.Sum(udp, InternetChecksum.PseudoHeader(ip[12..20], Udp, udp.Length));
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? ushort.MaxValue : checksum); // 0 says that there is none
    }
}
