using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Room within a packet for other headers (net/core/filter.c, 6.18); of what TEST_RUN makes, no packet stands for several TCP segments.</summary>
internal static unsafe class RoomHelpers
{
    // uapi linux/bpf.h, BPF_F_ADJ_ROOM_*.
    private const ulong FixedSegments = 1 << 0;
    private const ulong EncapsulatesIp4 = 1 << 1;
    private const ulong EncapsulatesIp6 = 1 << 2;
    private const ulong EncapsulatesGre = 1 << 3;
    private const ulong EncapsulatesUdp = 1 << 4;
    private const ulong KeepsChecksum = 1 << 5;
    private const ulong EncapsulatesEthernet = 1 << 6;
    private const ulong UncoversIp4 = 1 << 7;
    private const ulong UncoversIp6 = 1 << 8;
    private const int LinkBytesShift = 56;
    private const ulong Known = FixedSegments | EncapsulatesIp4 | EncapsulatesIp6 | EncapsulatesGre | EncapsulatesUdp | KeepsChecksum
        | EncapsulatesEthernet | UncoversIp4 | UncoversIp6 | (0xfful << LinkBytesShift);

    private const uint Ip4Bytes = 20;
    private const uint Ip6Bytes = 40;

    /// <summary>r2 bytes more, or fewer, behind the header that r3 says; r4 are flags.</summary>
    public static FaultKind Adjust(Machine* m) => !Packet.IsSkBuff(m) ? FaultKind.InvalidPointer
        : m->Packet.IsSegment ? Packet.Unknown(m)
        : Packet.Done(m, Adjust(m, (int)m->Registers[2], m->Registers[4]));

    /// <summary>Makes room for the header of the other of both protocols, r2, and leaves it to the program to write it.</summary>
    public static FaultKind ChangeProto(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        const uint More = Ip6Bytes - Ip4Bytes;
        (ushort from, ushort to) = (SkBuffContext.Protocol(m), (ushort)m->Registers[2]);
        if (m->Registers[3] != 0) return Packet.Done(m, Packet.InvalidArgument);
        if ((from, to) is not ((EtherTypes.Ip4, EtherTypes.Ip6) or (EtherTypes.Ip6, EtherTypes.Ip4))) return Packet.Done(m, Packet.NotSupported);
        uint header = (uint)m->Packet.NetworkHeader;
        if (to == EtherTypes.Ip6)
        {
            if (!Packet.TryInsert(m, header, More)) return Packet.Done(m, Packet.NoMemory);
        }
        else if (!TryRemove(m, header, More))
        {
            return Packet.Done(m, Packet.NoMemory);
        }

        SkBuffContext.SetProtocol(m, to);
        SkBuffHelpers.ClearHash(m);
        return Packet.Done(m, 0);
    }

    private static long Adjust(Machine* m, int difference, ulong flags)
    {
        const uint Most = 0xfff;
        const uint BehindNetwork = 0; // BPF_ADJ_ROOM_NET
        const uint BehindLink = 1; // BPF_ADJ_ROOM_MAC
        ushort protocol = SkBuffContext.Protocol(m);
        uint bytes = difference < 0 ? 0u - (uint)difference : (uint)difference;
        uint mode = (uint)m->Registers[3];
        if ((flags & ~Known) != 0) return Packet.InvalidArgument;
        if (bytes > Most) return Packet.BadAddress;
        if (protocol is not (EtherTypes.Ip4 or EtherTypes.Ip6) || mode is not (BehindNetwork or BehindLink)) return Packet.NotSupported;
        uint header = protocol == EtherTypes.Ip4 ? Ip4Bytes : Ip6Bytes;
        uint offset = (uint)m->Packet.NetworkHeader + (mode == BehindNetwork ? header : 0);
        ulong uncovered = flags & (UncoversIp4 | UncoversIp6);
        if (uncovered != 0 && (difference >= 0 || uncovered == (UncoversIp4 | UncoversIp6))) return Packet.InvalidArgument;
        uint least = uncovered switch { UncoversIp4 => Ip4Bytes, UncoversIp6 => Ip6Bytes, _ => header };

        long rest = Packet.Length(m) - (long)m->Packet.NetworkHeader - bytes;
        bool isLong = difference < 0 ? rest <= 0 || rest < least
            : Packet.Length(m) + bytes > PacketGrowth.MaxSkBuffBytes && !SkBuffContext.IsSegmented(m);
        if (isLong) return Packet.NotSupported;
        long result = difference < 0 ? Shrink(m, offset, bytes, flags) : Grow(m, offset, bytes, flags);
        if (result == 0 && (flags & KeepsChecksum) == 0) m->Packet.ChecksumLevel = -1;
        return result;
    }

    private static long Grow(Machine* m, uint offset, uint bytes, ulong flags)
    {
        const long Already = -114; // EALREADY
        if (SkBuffContext.IsSegmented(m)) return Packet.NotSupported;
        ulong covers = flags & (EncapsulatesIp4 | EncapsulatesIp6);
        if (covers != 0)
        {
            const ulong Tunnels = EncapsulatesGre | EncapsulatesUdp;
            ulong linkBytes = flags >> LinkBytesShift;
            bool isWrong = covers == (EncapsulatesIp4 | EncapsulatesIp6) || (flags & Tunnels) == Tunnels
                || ((flags & EncapsulatesEthernet) != 0 && linkBytes < PacketRules.LinkHeaderBytes);
            if (isWrong) return Packet.InvalidArgument;
            if (m->Packet.IsEncapsulated) return Already;
            if (linkBytes > bytes) return Packet.InvalidArgument;
        }

        if (!Packet.TryInsert(m, offset, bytes)) return Packet.NoMemory;
        if (covers == 0) return 0;
        m->Packet.IsEncapsulated = true;
        SkBuffContext.SetProtocol(m, covers == EncapsulatesIp4 ? EtherTypes.Ip4 : EtherTypes.Ip6);
        return 0;
    }

    private static long Shrink(Machine* m, uint offset, uint bytes, ulong flags)
    {
        if ((flags & ~(FixedSegments | UncoversIp4 | UncoversIp6 | KeepsChecksum)) != 0) return Packet.InvalidArgument;
        if (SkBuffContext.IsSegmented(m)) return Packet.NotSupported;
        if (!TryRemove(m, offset, bytes)) return Packet.NoMemory;
        if ((flags & UncoversIp6) != 0) SkBuffContext.SetProtocol(m, EtherTypes.Ip6);
        else if ((flags & UncoversIp4) != 0) SkBuffContext.SetProtocol(m, EtherTypes.Ip4);
        return 0;
    }

    private static bool TryRemove(Machine* m, uint offset, uint bytes)
    {
        if (offset + bytes > Packet.Length(m)) return false;
        Packet.Remove(m, offset, bytes);
        return true;
    }
}
