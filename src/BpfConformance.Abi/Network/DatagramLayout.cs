using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Network;

/// <summary>UDP in IPv4 without options in an Ethernet frame: how long its headers are (RFC 768, RFC 791).</summary>
public static class DatagramLayout
{
    public const int LinkBytes = PacketRules.LinkHeaderBytes;
    public const int Ip4Bytes = 20;
    public const int UdpBytes = 8;

    /// <summary>Of all three.</summary>
    public const int HeaderBytes = LinkBytes + Ip4Bytes + UdpBytes;

    /// <summary>Whether a sender chooses the byte at an offset for itself: of the identification, and of the checksum that it goes into.</summary>
    public static bool IsOwn(int offset) => offset is LinkBytes + 4 or LinkBytes + 5 or LinkBytes + 10 or LinkBytes + 11;
}
