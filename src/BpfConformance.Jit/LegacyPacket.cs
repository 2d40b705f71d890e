using System.Buffers.Binary;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit;

/// <summary>The packet loads of classic BPF (RFC 9669 section 5.5).</summary>
internal static unsafe class LegacyPacket
{
    // uapi linux/filter.h, SKF_NET_OFF and SKF_LL_OFF: positions that count from the network header, and from the link layer's.
    private const int FromNetworkHeader = -0x100000;
    private const int FromLinkHeader = -0x200000;

    /// <summary>Where the program starts to count is behind the link layer's header, which the region begins with.</summary>
    /// <returns>The bytes as a big-endian number; −1: they are not all in the packet.</returns>
    public static long Load(Machine* machine, int position, int bytes)
    {
        long header = machine->PacketHeaderBytes;
        long offset = position < FromLinkHeader ? -1
            : position < FromNetworkHeader ? (long)position - FromLinkHeader
            : position < 0 ? position - FromNetworkHeader + header
            : position + header;
        ref Region packet = ref machine->Regions[Regions.Data];
        if (offset < 0 || offset + bytes > packet.Length) return -1;

        var at = new ReadOnlySpan<byte>(packet.Base + offset, bytes);
        return bytes switch
        {
            1 => at[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(at),
            _ => BinaryPrimitives.ReadUInt32BigEndian(at),
        };
    }
}
