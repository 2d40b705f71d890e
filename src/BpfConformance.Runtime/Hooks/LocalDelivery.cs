using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// What the host makes of a packet that no program has stopped (net/ipv4/ip_input.c, net/ipv4/udp.c, 6.18): it takes the route to the host, and then a socket is
/// looked for; or it is one of which more would have to be known than is modeled here.
/// </summary>
/// <param name="Bytes">Of the packet, from its link header on, that go on; 0: it does not.</param>
/// <param name="WhyUnknown">Why it is not known what becomes of it; <c>null</c>: it is.</param>
internal readonly record struct LocalDelivery(int Bytes, string? WhyUnknown = null)
{
    private const byte Udp = 17;
    private const uint ToOthers = 3; // uapi linux/if_packet.h, PACKET_OTHERHOST

    /// <summary>Up to so many bytes a checksum is verified at once (include/linux/skbuff.h, CHECKSUM_BREAK).</summary>
    private const int VerifiedAtOnce = 76;

    private static readonly LocalDelivery s_none = new(0);

    /// <summary>Whether it takes the route to the host.</summary>
    /// <param name="packet">What has arrived, of at least a link header.</param>
    /// <param name="shadow">One <see cref="ByteShadow"/> for each byte.</param>
    /// <param name="kind">Whose it is: a packet type of uapi linux/if_packet.h.</param>
    /// <param name="protocol">What follows the link header: one of <see cref="EtherTypes"/>, or any other.</param>
    public static LocalDelivery ToHost(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> shadow, uint kind, ushort protocol)
    {
        if (protocol != EtherTypes.Ip4 || kind == ToOthers) return s_none;
        int headers = Math.Min(packet.Length, DatagramLayout.HeaderBytes);
        return shadow[DatagramLayout.LinkBytes..headers].ContainsAnyExcept(ByteShadow.Scalar)
            ? Unknown("an IPv4 packet with headers that are a machine's own")
            : OfIp(packet[DatagramLayout.LinkBytes..]);
    }

    /// <summary>Whether a socket is looked for, when it has taken that route.</summary>
    /// <param name="packet">As much of it as has gone on.</param>
    public static LocalDelivery ToSocket(ReadOnlySpan<byte> packet)
    {
        ReadOnlySpan<byte> ip = packet[DatagramLayout.LinkBytes..];
        if ((BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3fff) != 0) return s_none; // the network puts no fragments together
        return ip[9] == Udp ? OfUdp(ip) : Unknown("an IPv4 packet that is not UDP");
    }

    /// <summary>The device that has the address to which it goes; it has taken the route to the host.</summary>
    public static NetworkPlace RouteOf(ReadOnlySpan<byte> packet) => DeviceOf(packet.Slice(DatagramLayout.LinkBytes + 16, sizeof(uint)))!.Value;

    private static LocalDelivery Unknown(string why) => new(0, why);

    private static LocalDelivery OfIp(ReadOnlySpan<byte> ip)
    {
        const byte Version4 = 4;
        const int WordBytes = 4;
        if (ip.Length < DatagramLayout.Ip4Bytes || ip[0] >> 4 != Version4) return s_none;
        int headerBytes = (ip[0] & 0xf) * WordBytes;
        int length = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        bool isWhole = headerBytes >= DatagramLayout.Ip4Bytes && length >= headerBytes && length <= ip.Length
            && InternetChecksum.Sum(ip[..headerBytes]) == ushort.MaxValue;
        if (!isWhole) return s_none;
        ip = ip[..length];
        if (headerBytes > DatagramLayout.Ip4Bytes) return Unknown("an IPv4 packet with options");
        ReadOnlySpan<byte> source = ip[12..16];
        ReadOnlySpan<byte> destination = ip[16..20];
        if (!IsOfOneHost(source) || !IsOfOneHost(destination)) return Unknown("an IPv4 packet with an address that is not of one host");
        if (DeviceOf(source) is not null) return Unknown("an IPv4 packet that says that it comes from this host");
        return DeviceOf(destination) is null ? s_none : new(DatagramLayout.LinkBytes + length); // nothing is forwarded
    }

    private static LocalDelivery OfUdp(ReadOnlySpan<byte> ip)
    {
        ReadOnlySpan<byte> udp = ip[DatagramLayout.Ip4Bytes..];
        if (udp.Length < DatagramLayout.UdpBytes) return s_none;
        int length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (length < DatagramLayout.UdpBytes || length > udp.Length) return s_none;
        udp = udp[..length];
        bool hasChecksum = BinaryPrimitives.ReadUInt16BigEndian(udp[6..]) != 0;
        bool isRight = !hasChecksum
            || InternetChecksum.Sum(udp, InternetChecksum.PseudoHeader(ip[12..20], Udp, length)) == ushort.MaxValue;
        if (!isRight && length > VerifiedAtOnce) return Unknown("a long UDP packet with a wrong checksum");
        return isRight ? new(DatagramLayout.LinkBytes + DatagramLayout.Ip4Bytes + length) : s_none;
    }

    private static NetworkPlace? DeviceOf(ReadOnlySpan<byte> address)
    {
        for (int i = 0; i < CaseNetwork.Devices.Length; i++)
        {
            if (address.SequenceEqual(CaseNetwork.Devices[i].Address.AsSpan())) return (NetworkPlace)i;
        }

        return null;
    }

    private static bool IsOfOneHost(ReadOnlySpan<byte> address) => address[0] is not (0 or 127 or >= 224) && address[3] is not (0 or 255);
}
