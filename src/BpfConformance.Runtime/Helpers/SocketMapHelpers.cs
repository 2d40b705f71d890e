using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>To which socket of a map bytes of a stream are to go, if the program lets them pass (net/core/sock_map.c, 6.18).</summary>
internal static unsafe class SocketMapHelpers
{
    private const long Drop = 0; // uapi linux/bpf.h, enum sk_action
    private const long Pass = 1;

    /// <summary>r2 is a map, r3 an index, r4 flags.</summary>
    public static FaultKind RedirectMessage(Machine* m) => ByIndex(m, ContextTables.SkMsg);

    /// <summary>r3 is the address of a key.</summary>
    public static FaultKind RedirectMessageByKey(Machine* m) => ByKey(m, ContextTables.SkMsg);

    /// <summary>As of a message, for what was received.</summary>
    public static FaultKind RedirectSkBuff(Machine* m) => ByIndex(m, ContextTables.SkBuff);

    public static FaultKind RedirectSkBuffByKey(Machine* m) => ByKey(m, ContextTables.SkBuff);

    /// <summary>map_update_elem: the socket r3 that was found, or that of the context, is put in, with flags r4 (net/core/sock_map.c, 6.18, <c>sock_map_update_elem</c>).</summary>
    public static FaultKind Update(Machine* m, SocketMap map, GuestBytes key)
    {
        if (!map.LetsChange) return FaultKind.InvalidPointer;
        Region* ofContext = m->Regions + Regions.Socket;
        if (m->Registers[3] == ofContext->Start && ofContext->Fields != null) return Packet.Unknown(m);
        NetworkPlace socket = FoundSockets.Exactly(m, m->Registers[3]);
        return socket == default ? FaultKind.InvalidPointer : Packet.Done(m, -(long)map.Put(key, map.Sockets[socket], m->Registers[4]));
    }

    private static FaultKind ByIndex(Machine* m, ContextLayout layout)
    {
        if (MapSet.Of(m, m->Registers[2]) is not SockMap map) return FaultKind.InvalidPointer;
        uint index = (uint)m->Registers[3];
        return To(m, layout, map.SocketAt(new GuestBytes((byte*)&index, shadow: null)));
    }

    private static FaultKind ByKey(Machine* m, ContextLayout layout)
    {
        if (MapSet.Of(m, m->Registers[2]) is not SockHash map) return FaultKind.InvalidPointer;
        GuestBytes key = GuestMemory.BytesToRead(m, m->Registers[3], (ulong)map.KeyBytes);
        return key.IsNull ? FaultKind.OutOfBoundsLoad : To(m, layout, map.SocketAt(key));
    }

    /// <summary>A socket without a peer gets nothing.</summary>
    private static FaultKind To(Machine* m, ContextLayout layout, HostSocket? socket)
    {
        if (!Packet.IsContext(m, layout)) return FaultKind.InvalidPointer;
        ulong flags = m->Registers[4];
        if ((flags & ~Redirect.Ingress) != 0 || socket is null || !socket.Place.IsStream()) return Packet.Done(m, Drop);
        m->Redirect = new Redirect { Kind = RedirectKind.Socket, Index = (uint)socket.Place, Flags = flags };
        return Packet.Done(m, Pass);
    }
}
