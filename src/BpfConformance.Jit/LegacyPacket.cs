using System.Buffers.Binary;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit;

/// <summary>The packet loads that classic BPF left behind (RFC 9669 section 5.5).</summary>
internal static unsafe class LegacyPacket
{
    // uapi linux/filter.h, 6.18, SKF_NET_OFF and SKF_LL_OFF: negative positions count from a header.
    private const int NetworkHeader = -0x100000;
    private const int LinkHeader = -0x200000;

    /// <summary>The <paramref name="size"/> bytes at a position of the packet, big endian; −1: the packet has no such bytes.</summary>
    public static long Load(Machine* m, int position, int size)
    {
        Region* packet = m->Regions + Regions.Data;
        long first = First(m, position);
        if (first < -(long)m->HiddenBytes || m->PacketMetaBytes + first > (long)packet->Length - size) return -1;

        var bytes = new ReadOnlySpan<byte>(packet->Base + m->PacketMetaBytes + first, size);
        return size switch
        {
            (int)MemorySize.Byte => bytes[0],
            (int)MemorySize.Half => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        };
    }

    /// <summary>Counted from the first byte that the program sees; far below all of them: there is none.</summary>
    private static long First(Machine* m, int position) => position switch
    {
        >= 0 => position,
        >= NetworkHeader => (long)position - NetworkHeader + m->Packet.NetworkHeader,
        >= LinkHeader => (long)position - LinkHeader - m->HiddenBytes,
        _ => long.MinValue,
    };
}
