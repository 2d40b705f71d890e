using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What programs do with ring buffers (kernel/bpf/ringbuf.c, 6.18).</summary>
internal static unsafe class RingBufferHelpers
{
    /// <summary>r3 bytes at r2 become a record of r1; r4 are flags.</summary>
    public static FaultKind Output(Machine* m)
    {
        if (Known(m) is not { } map) return FaultKind.InvalidPointer;
        GuestBytes data = GuestMemory.BytesToRead(m, m->Registers[2], m->Registers[3]);
        return data.IsNull ? FaultKind.OutOfBoundsLoad : Done(m, (ulong)map.Output(data, m->Registers[3], m->Registers[4]));
    }

    /// <summary>A record of r2 bytes in r1, for the program to fill; r3 are flags.</summary>
    public static FaultKind Reserve(Machine* m)
    {
        if (Known(m) is not { } map) return FaultKind.InvalidPointer;
        (ulong bytes, ulong flags) = (m->Registers[2], m->Registers[3]);
        if (flags != 0) return Done(m, 0);
        Region* region = TryReserve(m, map, bytes);
        return Done(m, region == null ? 0 : region->Start);
    }

    public static FaultKind Submit(Machine* m) => Commit(m, isDiscarded: false);

    public static FaultKind Discard(Machine* m) => Commit(m, isDiscarded: true);

    /// <summary>What r2 asks for of r1.</summary>
    public static FaultKind Query(Machine* m) => Known(m) is { } map ? Done(m, map.Query(m->Registers[2])) : FaultKind.InvalidPointer;

    /// <summary>null: the ring has no room.</summary>
    internal static Region* TryReserve(Machine* m, RingBufferMap map, ulong bytes)
    {
        if (!map.TryReserve(bytes, out int record)) return null;
        int index = (int)(m->Registers[1] >> 32) - Regions.Maps;
        return Reservations.TryOpen(m, index, record, (int)bytes); // a ring has no longer ones
    }

    internal static RingBufferMap? Known(Machine* m) => MapSet.Of(m, m->Registers[1]) as RingBufferMap;

    /// <summary>What the program has written becomes the record; whether there is one that begins at the address.</summary>
    internal static bool TryCommit(Machine* m, ulong address, bool isDiscarded)
    {
        Reservation* reservation = Reservations.At(m, address);
        if (reservation == null || MapSet.At(m, reservation->Map) is not RingBufferMap { Ring: { } ring }) return false;
        Reservations.BytesOf(m, reservation).CopyTo(ring[reservation->Record], ring.LengthOf(reservation->Record));
        ring.Commit(reservation->Record, isDiscarded);
        Reservations.Close(m, reservation);
        return true;
    }

    private static FaultKind Commit(Machine* m, bool isDiscarded) =>
        TryCommit(m, m->Registers[1], isDiscarded) ? FaultKind.None : FaultKind.InvalidPointer;

    private static FaultKind Done(Machine* m, ulong result)
    {
        m->Registers[0] = result;
        return FaultKind.None;
    }
}
