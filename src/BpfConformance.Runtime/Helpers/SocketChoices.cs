using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Programs choose the socket that gets a packet (net/core/filter.c, 6.18). They only say it: the packet goes on when they return.</summary>
internal static unsafe class SocketChoices
{
    private const ulong Replaces = 1; // BPF_SK_LOOKUP_F_REPLACE
    private const ulong SkipsGroup = 2; // BPF_SK_LOOKUP_F_NO_REUSEPORT

    /// <summary>r1 is a packet or a lookup, r2 a socket, r3 flags.</summary>
    public static FaultKind Assign(Machine* m)
    {
        ulong address = m->Registers[2];
        NetworkPlace socket = SocketAt(m, address);
        if (address != 0 && socket == default) return FaultKind.InvalidPointer;
        return Packet.IsLookup(m) ? AssignToLookup(m, socket)
            : Packet.IsSkBuff(m) && address != 0 ? AssignToPacket(m, socket)
            : FaultKind.InvalidPointer;
    }

    /// <summary>r1 is a packet for sockets that share a port, r2 a map of sockets, r3 a key, r4 flags that say nothing.</summary>
    public static FaultKind SelectReuseport(Machine* m)
    {
        if (!Packet.IsForGroup(m) || MapSet.Of(m, m->Registers[2]) is not { Definition.HoldsSockets: true } map) return FaultKind.InvalidPointer;
        GuestBytes key = GuestMemory.BytesToRead(m, m->Registers[3], (ulong)map.KeyBytes);
        if (key.IsNull) return FaultKind.OutOfBoundsLoad;
        if (map.SocketAt(key) is not { Place: var socket }) return Packet.Done(m, -(long)Errno.ENOENT);
        if (!SocketFields.IsInGroup(socket)) return Packet.Done(m, Packet.InvalidArgument); // nor in any other
        m->Choice.Socket = socket;
        return Packet.Done(m, 0);
    }

    /// <summary>bpf_sk_lookup_assign.</summary>
    private static FaultKind AssignToLookup(Machine* m, NetworkPlace socket)
    {
        ulong flags = m->Registers[3];
        if ((flags & ~(Replaces | SkipsGroup)) != 0) return Packet.Done(m, Packet.InvalidArgument);
        if (socket != default && SkLookupContext.WhyNot(m, socket) is not Errno.None and var error) return Packet.Done(m, -(long)error);
        if (m->Choice.IsMade && (flags & Replaces) == 0) return Packet.Done(m, -(long)Errno.EEXIST);
        m->Choice = new SocketChoice { Socket = socket, SkipsGroup = (flags & SkipsGroup) != 0 };
        Region* shown = m->Regions + Regions.Socket;
        if (socket == default) shown->CloseFields();
        else SocketFields.Show(shown, socket);
        return Packet.Done(m, 0);
    }

    /// <summary>bpf_sk_assign: where a packet comes in.</summary>
    private static FaultKind AssignToPacket(Machine* m, NetworkPlace socket)
    {
        if (m->Registers[3] != 0) return Packet.Done(m, Packet.InvalidArgument);
        if (!m->Packet.IsAtIngress) return Packet.Done(m, -(long)Errno.EOPNOTSUPP);
        if (socket.IsStream()) return Packet.Unknown(m); // and the packet is none for it
        m->Choice = new SocketChoice { Socket = socket };
        SocketFields.ShowCommon(m->Regions + Regions.Socket, socket);
        return Packet.Done(m, 0);
    }

    /// <summary>One that was found, or the one that was chosen; 0: neither is at the address.</summary>
    private static NetworkPlace SocketAt(Machine* m, ulong address) =>
        address == m->Regions[Regions.Socket].Start && Packet.IsLookup(m) ? m->Choice.Socket : FoundSockets.At(m, address);
}
