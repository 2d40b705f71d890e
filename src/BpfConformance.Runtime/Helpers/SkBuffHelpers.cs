using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What programs do to a packet in the network stack (net/core/filter.c, 6.18). TEST_RUN makes packets of one piece, which are this program's own.</summary>
internal static unsafe class SkBuffHelpers
{
    private const ulong RecomputesChecksum = 1; // uapi linux/bpf.h, BPF_F_RECOMPUTE_CSUM; without CHECKSUM_COMPLETE there is nothing to do
    private const ulong InvalidatesHash = 2; // BPF_F_INVALIDATE_HASH

    /// <summary>r3 gets r4 bytes from offset r2 of the packet, or zeros; TEST_RUN of a flow dissector has bytes and no packet (<c>bpf_flow_dissector_load_bytes</c>).</summary>
    public static FaultKind LoadBytes(Machine* m) =>
        Load(m, m->Type != ProgramType.FlowDissector && (uint)m->Registers[2] <= int.MaxValue ? (uint)m->Registers[2] : long.MaxValue);

    /// <summary>The same from an offset from the header that r5 says.</summary>
    public static FaultKind LoadBytesRelative(Machine* m)
    {
        const uint FromLink = 0; // BPF_HDR_START_MAC
        const uint FromNetwork = 1; // BPF_HDR_START_NET
        uint offset = (uint)m->Registers[2];
        return Load(m, offset > ushort.MaxValue ? long.MaxValue : (uint)m->Registers[5] switch
        {
            FromLink => offset - (long)m->HiddenBytes,
            FromNetwork => offset + (long)m->Packet.NetworkHeader,
            _ => long.MaxValue,
        });
    }

    /// <summary>r4 bytes at r3 go to offset r2 of the packet.</summary>
    public static FaultKind StoreBytes(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        (uint offset, uint count, ulong flags) = ((uint)m->Registers[2], (uint)m->Registers[4], m->Registers[5]);
        GuestBytes source = GuestMemory.BytesToRead(m, m->Registers[3], m->Registers[4]);
        if (source.IsNull) return FaultKind.OutOfBoundsLoad;
        if ((flags & ~(RecomputesChecksum | InvalidatesHash)) != 0) return Packet.Done(m, Packet.InvalidArgument);
        if (!CanWrite(m, offset, count) || !Packet.TryPull(m, offset + count)) return Packet.Done(m, Packet.BadAddress);
        source.CopyTo(Packet.At(m, offset), (int)count);
        if ((flags & InvalidatesHash) != 0) ClearHash(m);
        return Packet.Done(m, 0);
    }

    /// <summary>Makes the first r2 bytes one piece.</summary>
    public static FaultKind PullData(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        return Packet.Done(m, Packet.TryPull(m, (uint)m->Registers[2]) ? 0 : Packet.NoMemory);
    }

    /// <summary>Makes the packet r2 bytes long.</summary>
    public static FaultKind ChangeTail(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        uint length = (uint)m->Registers[2];
        if (m->Packet.IsSegment) return Packet.Unknown(m);
        bool isRight = m->Registers[3] == 0 && length <= PacketGrowth.MaxSkBuffBytes && length >= Math.Max(m->Packet.NetworkHeader, 0);
        bool losesMeta = m->PacketMetaBytes > 0 && length > Packet.Length(m); // unless there is room behind the packet
        if (length < m->Packet.HeaderBytes || losesMeta) Packet.LeaveOpen(m);
        if (!isRight) return Packet.Done(m, Packet.InvalidArgument);
        if (m->Packet.IsEncapsulated) return Packet.Done(m, Packet.NotSupported);
        Packet.MoveEnd(m, (int)(length - Packet.Length(m)));
        SkBuffContext.ResetSegments(m);
        return Packet.Done(m, 0);
    }

    /// <summary>Puts r2 zeros before the packet, where its link header begins then.</summary>
    public static FaultKind ChangeHead(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        uint bytes = (uint)m->Registers[2];
        if (m->Packet.IsSegment) return Packet.Unknown(m);
        bool isRight = m->Registers[3] == 0 && bytes <= int.MaxValue
            && (Packet.Length(m) + bytes <= PacketGrowth.MaxSkBuffBytes || SkBuffContext.IsSegmented(m));
        if (!isRight) return Packet.Done(m, Packet.InvalidArgument);
        if (!Packet.TryInsert(m, 0, bytes)) return Packet.Done(m, Packet.NoMemory);
        (m->Packet.LinkHeader, m->Packet.NetworkHeader) = (0, m->Packet.NetworkHeader + (int)bytes);
        return Packet.Done(m, 0);
    }

    /// <summary>Says whose the packet is.</summary>
    public static FaultKind ChangeType(Machine* m)
    {
        const uint Last = 3; // uapi linux/if_packet.h, PACKET_OTHERHOST
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        uint type = (uint)m->Registers[2];
        if (type > Last || SkBuffContext.PacketType(m) > Last) return Packet.Done(m, Packet.InvalidArgument);
        SkBuffContext.SetPacketType(m, type);
        return Packet.Done(m, 0);
    }

    public static FaultKind SetHash(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        SkBuffContext.SetHash(m, (uint)m->Registers[2], ByteShadow.Scalar);
        m->Packet.HasHash = true;
        return Packet.Done(m, 0);
    }

    public static FaultKind SetHashInvalid(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        ClearHash(m);
        return Packet.Done(m, 0);
    }

    /// <summary>r2 is a time of clock r3, when the packet was received or is to leave.</summary>
    public static FaultKind SetTstamp(Machine* m)
    {
        const uint RealTime = 0, LastClock = 2; // BPF_SKB_CLOCK_REALTIME, BPF_SKB_CLOCK_TAI
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        (ulong time, uint clock) = (m->Registers[2], (uint)m->Registers[3]);
        if (SkBuffContext.Protocol(m) is not (EtherTypes.Ip4 or EtherTypes.Ip6)) return Packet.Done(m, -(long)Errno.EOPNOTSUPP);
        if (clock > LastClock || (clock != RealTime && time == 0)) return Packet.Done(m, Packet.InvalidArgument);
        if (clock != RealTime && m->Packet.IsOnItsWay) Packet.LeaveOpen(m); // of some programs such times are hidden where packets come in
        SkBuffContext.SetTime(m, time, (byte)clock);
        return Packet.Done(m, 0);
    }

    /// <summary>What a kernel computes follows from a secret of its own.</summary>
    public static FaultKind GetHashRecalc(Machine* m)
    {
        const uint Computed = 0x5bd1e995;
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        if (!m->Packet.HasHash) SkBuffContext.SetHash(m, Computed, ByteShadow.Volatile);
        m->Packet.HasHash = true;
        return Packet.Done(m, SkBuffContext.Hash(m));
    }

    /// <summary>Whether there are so many bytes at an offset.</summary>
    internal static bool CanWrite(Machine* m, uint offset, uint count) => offset <= int.MaxValue && offset + (ulong)count <= Packet.Length(m);

    private static FaultKind Load(Machine* m, long offset)
    {
        if (!Packet.IsSkBuff(m) && !Packet.IsForGroup(m)) return FaultKind.InvalidPointer;
        GuestBytes target = GuestMemory.BytesToWrite(m, m->Registers[3], m->Registers[4]);
        if (target.IsNull) return FaultKind.OutOfBoundsStore;
        int count = (int)m->Registers[4]; // no region has more
        if (offset > (long)Packet.Length(m) - count)
        {
            target.Clear(count);
            return Packet.Done(m, Packet.BadAddress);
        }

        if (offset >= 0) Packet.At(m, offset).CopyTo(target, count);
        else LoadHidden(m, offset, target, count);
        return Packet.Done(m, 0);
    }

    /// <summary>The bytes before those that the program sees are plain.</summary>
    private static void LoadHidden(Machine* m, long offset, GuestBytes target, int count)
    {
        int hidden = (int)Math.Min(-offset, count);
        new GuestBytes(Packet.At(m, offset).Data, null).CopyTo(target, hidden);
        var rest = new GuestBytes(target.Data + hidden, target.Shadow == null ? null : target.Shadow + hidden);
        Packet.At(m, 0).CopyTo(rest, count - hidden);
    }

    internal static void ClearHash(Machine* m)
    {
        SkBuffContext.SetHash(m, 0, ByteShadow.Scalar);
        m->Packet.HasHash = false;
    }
}
