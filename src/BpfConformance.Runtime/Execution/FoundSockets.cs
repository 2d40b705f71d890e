using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>The sockets that helpers have found for a program: each is a region with fields, and nothing any more once it is given back.</summary>
internal static unsafe class FoundSockets
{
    /// <summary>As many a program can have at once here; the kernel sets no limit but that of registers and stacks which hold them.</summary>
    private const int Most = 16;

    /// <summary>With a place: it is this one, or another of its group.</summary>
    private const byte OneOfGroup = 0x80;

    /// <summary>sk_lookup_tcp, sk_lookup_udp and skc_lookup_tcp.</summary>
    private static readonly int[] s_helpers = [84, 85, 99];

    /// <summary>How many a machine has room for: none, where programs neither look for sockets nor have maps with any to be looked up.</summary>
    public static int RoomFor(ImmutableArray<MapDefinition> maps, BpfProgram program) =>
        maps.Any(map => map.Type is MapType.Sockmap or MapType.Sockhash) || program.Calls(s_helpers) ? Most : 0;

    /// <summary>Whether a machine has any room for them.</summary>
    public static bool HaveRoom(Machine* m) => m->FirstSocket != m->FirstReservation;

    /// <summary>The address of one of the host, for which a region is opened. 0: there is none left, and what the run does from here on says nothing of others.</summary>
    /// <param name="m">The machine.</param>
    /// <param name="socket">Which.</param>
    /// <param name="isCommon">Whether programs see only what sockets of all kinds have.</param>
    /// <param name="isOneOfGroup">Whether it may as well be another one that shares its port.</param>
    public static long Open(Machine* m, NetworkPlace socket, bool isCommon = false, bool isOneOfGroup = false)
    {
        for (uint index = m->FirstSocket; index < m->FirstReservation; index++)
        {
            if (m->FoundSockets[index - m->FirstSocket] != 0) continue;
            m->FoundSockets[index - m->FirstSocket] = (byte)((byte)socket | (isOneOfGroup ? OneOfGroup : 0));
            if (isCommon) SocketFields.ShowCommon(m->Regions + index, socket);
            else SocketFields.Show(m->Regions + index, socket);
            return (long)m->Regions[index].Start;
        }

        Packet.LeaveOpen(m);
        return 0;
    }

    /// <summary>The one whose region begins at an address; 0: there is none.</summary>
    public static NetworkPlace At(Machine* m, ulong address) => IndexOf(m, address) is var index and >= 0 ? (NetworkPlace)(m->FoundSockets[index] & ~OneOfGroup) : default;

    /// <summary>The same for what makes a difference between those of a group: which of them it is may be each machine's own.</summary>
    public static NetworkPlace Exactly(Machine* m, ulong address)
    {
        int index = IndexOf(m, address);
        if (index >= 0 && (m->FoundSockets[index] & OneOfGroup) != 0) Packet.LeaveOpen(m);
        return At(m, address);
    }

    /// <summary>It is given back; whether there was one.</summary>
    public static bool TryClose(Machine* m, ulong address)
    {
        int index = IndexOf(m, address);
        if (index >= 0) Close(m, (uint)index);
        return index >= 0;
    }

    /// <summary>A run begins without any.</summary>
    public static void CloseAll(Machine* m)
    {
        for (uint index = 0; index < m->FirstReservation - m->FirstSocket; index++) Close(m, index);
    }

    private static void Close(Machine* m, uint index)
    {
        m->Regions[m->FirstSocket + index].CloseFields();
        m->FoundSockets[index] = 0;
    }

    private static int IndexOf(Machine* m, ulong address)
    {
        Region* region = GuestMemory.RegionOf(m, address);
        long index = region - m->Regions - m->FirstSocket;
        bool isThere = region != null && index >= 0 && index < m->FirstReservation - m->FirstSocket
            && address == region->Start && m->FoundSockets[index] != 0;
        return isThere ? (int)index : -1;
    }
}
