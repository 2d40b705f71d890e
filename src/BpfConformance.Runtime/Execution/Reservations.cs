using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>
/// The records that a program has reserved in ring buffers: each is a region as long as itself, and nothing any more once it is given back.
/// </summary>
internal static unsafe class Reservations
{
    /// <summary>
    /// As many a program can have at once here, each with a region as long as the largest ring. The kernel sets no limit but that of registers and
    /// stacks which hold them.
    /// </summary>
    public const int Most = 16;

    /// <summary>Opens a region for a record; its bytes are whatever they are. null: there is none left, and what the run does from here on says nothing of others.</summary>
    public static Region* TryOpen(Machine* m, int map, int record, int bytes)
    {
        for (uint index = m->FirstReservation; index < m->FirstStack; index++)
        {
            Reservation* reservation = m->Reservations + (index - m->FirstReservation);
            if (reservation->Record != 0) continue;
            *reservation = new Reservation { Map = map, Record = record };
            Region* region = m->Regions + index;
            region->Length = (uint)bytes;
            if (region->Shadow != null) new Span<byte>(region->Shadow, bytes).Fill(ByteShadow.Volatile);
            return region;
        }

        Packet.LeaveOpen(m);
        return null;
    }

    /// <summary>The record that begins at an address; null: there is none.</summary>
    public static Reservation* At(Machine* m, ulong address)
    {
        Region* region = GuestMemory.RegionOf(m, address);
        long index = region - m->Regions - m->FirstReservation;
        bool isOpen = region != null && index >= 0 && index < m->FirstStack - m->FirstReservation
            && address == region->Start && m->Reservations[index].Record != 0;
        return isOpen ? m->Reservations + index : null;
    }

    /// <summary>Its bytes.</summary>
    public static GuestBytes BytesOf(Machine* m, Reservation* reservation)
    {
        Region* region = RegionOf(m, reservation);
        return new GuestBytes(region->Base, region->Shadow);
    }

    /// <summary>It is given back.</summary>
    public static void Close(Machine* m, Reservation* reservation)
    {
        RegionOf(m, reservation)->Length = 0;
        reservation->Record = 0;
    }

    /// <summary>A run begins without any.</summary>
    public static void CloseAll(Machine* m)
    {
        for (uint index = m->FirstReservation; index < m->FirstStack; index++) Close(m, m->Reservations + (index - m->FirstReservation));
    }

    private static Region* RegionOf(Machine* m, Reservation* reservation) => m->Regions + m->FirstReservation + (reservation - m->Reservations);
}
