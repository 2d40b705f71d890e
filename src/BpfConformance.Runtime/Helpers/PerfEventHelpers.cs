using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What programs do with arrays of perf events.</summary>
internal static unsafe class PerfEventHelpers
{
    /// <summary>
    /// r5 bytes at r4 become a sample of an event of r2; r3 says of which, and how much of the packet of r1 follows them: where programs have
    /// packets (net/core/filter.c, 6.18, bpf_skb_event_output, bpf_xdp_event_output), but not elsewhere (kernel/trace/bpf_trace.c, bpf_perf_event_output).
    /// </summary>
    public static FaultKind Output(Machine* m)
    {
        if (!Packet.HasContext(m)) return FaultKind.InvalidPointer;
        if (MapSet.Of(m, m->Registers[2]) is not PerfEventArrayMap map) return FaultKind.InvalidPointer;
        (ulong flags, ulong size) = (m->Registers[3], m->Registers[5]);
        GuestBytes data = GuestMemory.BytesToRead(m, m->Registers[4], size);
        return data.IsNull ? FaultKind.OutOfBoundsLoad : Packet.Done(m, -(long)Output(m, map, flags, data, (int)size));
    }

    private static Errno Output(Machine* m, PerfEventArrayMap map, ulong flags, GuestBytes data, int size)
    {
        bool hasPacket = Packet.IsSkBuff(m) || Packet.IsXdp(m);
        ulong known = PerfEvents.CurrentProcessor | (hasPacket ? PerfEvents.PacketBytesMask : 0);
        if ((flags & ~known) != 0) return Errno.EINVAL;
        int packetBytes = (int)((flags & PerfEvents.PacketBytesMask) >> 32);
        if (packetBytes != 0 && packetBytes > Packet.Length(m)) return Errno.EFAULT;
        if (map.EventFor(flags, out Errno error) is not { } records) return error;
        if (PerfEvents.FitsHeader((long)size + packetBytes)) return records.Record(data, size, packetBytes == 0 ? data : Packet.At(m, 0), packetBytes);
        Packet.LeaveOpen(m); // in the kernel the length wraps, and then more is written than there is room for
        return Errno.ENOSPC;
    }
}
