using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What programs do to a packet at its driver (net/core/filter.c, 6.18), which is of one piece.</summary>
internal static unsafe class XdpHelpers
{
    private const int LinkHeaderBytes = PacketRules.LinkHeaderBytes;

    public static FaultKind GetBuffLen(Machine* m) => Packet.IsXdp(m) ? Packet.Done(m, Packet.Length(m)) : FaultKind.InvalidPointer;

    /// <summary>r3 gets r4 bytes from offset r2 of the packet, or stays as it is.</summary>
    public static FaultKind LoadBytes(Machine* m)
    {
        if (!Packet.IsXdp(m)) return FaultKind.InvalidPointer;
        GuestBytes target = GuestMemory.BytesToWrite(m, m->Registers[3], m->Registers[4]);
        if (target.IsNull) return FaultKind.OutOfBoundsStore;
        long result = Check(m, out uint offset, out uint count);
        if (result == 0) Packet.At(m, offset).CopyTo(target, (int)count);
        return Packet.Done(m, result);
    }

    /// <summary>r4 bytes at r3 go to offset r2 of the packet.</summary>
    public static FaultKind StoreBytes(Machine* m)
    {
        if (!Packet.IsXdp(m)) return FaultKind.InvalidPointer;
        GuestBytes source = GuestMemory.BytesToRead(m, m->Registers[3], m->Registers[4]);
        if (source.IsNull) return FaultKind.OutOfBoundsLoad;
        long result = Check(m, out uint offset, out uint count);
        if (result == 0) source.CopyTo(Packet.At(m, offset), (int)count);
        return Packet.Done(m, result);
    }

    /// <summary>The packet begins r2 bytes later, and its metadata with it.</summary>
    public static FaultKind AdjustHead(Machine* m)
    {
        if (!Packet.IsXdp(m)) return FaultKind.InvalidPointer;
        int bytes = (int)m->Registers[2];
        if (bytes < -(long)m->Packet.HeadRoom || bytes > (long)Packet.Length(m) - LinkHeaderBytes) return Packet.Done(m, Packet.InvalidArgument);
        uint meta = m->PacketMetaBytes;
        GuestBytes old = Packet.At(m, -(long)meta);
        Packet.MoveStart(m, bytes);
        GuestBytes now = Packet.At(m, -(long)meta);
        Buffer.MemoryCopy(old.Data, now.Data, meta, meta);
        if (old.Shadow != null) Buffer.MemoryCopy(old.Shadow, now.Shadow, meta, meta);
        return Packet.Done(m, 0);
    }

    /// <summary>The metadata begins r2 bytes later; what comes to it is what lies there.</summary>
    public static FaultKind AdjustMeta(Machine* m)
    {
        const int Most = byte.MaxValue; // include/linux/skbuff.h, struct skb_shared_info, meta_len
        if (!Packet.IsXdp(m)) return FaultKind.InvalidPointer;
        int bytes = (int)m->Registers[2];
        if (bytes < -(long)m->Packet.HeadRoom || bytes > m->PacketMetaBytes) return Packet.Done(m, Packet.InvalidArgument);
        uint meta = (uint)(m->PacketMetaBytes - bytes);
        if (meta % sizeof(uint) != 0 || meta > Most) return Packet.Done(m, Packet.AccessDenied);
        m->PacketMetaBytes = meta;
        Packet.MoveStart(m, bytes);
        return Packet.Done(m, 0);
    }

    /// <summary>The packet ends r2 bytes later.</summary>
    public static FaultKind AdjustTail(Machine* m)
    {
        if (!Packet.IsXdp(m)) return FaultKind.InvalidPointer;
        int bytes = (int)m->Registers[2];
        if (bytes > m->Packet.TailRoom || bytes < LinkHeaderBytes - (long)Packet.Length(m)) return Packet.Done(m, Packet.InvalidArgument);
        Packet.MoveEnd(m, bytes);
        return Packet.Done(m, 0);
    }

    private static long Check(Machine* m, out uint offset, out uint count)
    {
        (offset, count) = ((uint)m->Registers[2], (uint)m->Registers[4]);
        return offset > ushort.MaxValue || count > ushort.MaxValue ? Packet.BadAddress
            : offset + count > Packet.Length(m) ? Packet.InvalidArgument
            : 0;
    }
}
