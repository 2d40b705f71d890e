using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What programs of sock_ops do with the socket that something happens to; r1 is the context.</summary>
internal static unsafe class SockOpsHelpers
{
    /// <summary>uapi linux/bpf.h, BPF_SOCK_OPS_ALL_CB_FLAGS.</summary>
    private const uint AllCallbacks = 0x7f;

    /// <summary>r2 says for what programs are called from now on; what means nothing comes back (net/core/filter.c, 6.18).</summary>
    public static FaultKind SetCallbackFlags(Machine* m)
    {
        if (!IsSockOps(m)) return FaultKind.InvalidPointer;
        ContextBytes context = Of(m);
        if (context.Word(Field("is_fullsock")) == 0) return Packet.Done(m, Packet.InvalidArgument);
        uint flags = (uint)m->Registers[2];
        context.SetWord(Field("bpf_sock_ops_cb_flags"), flags & AllCallbacks);
        return Packet.Done(m, (int)(flags & ~AllCallbacks));
    }

    /// <summary>Puts the socket into the map r2 for the key at r3, with flags r4 (net/core/sock_map.c, 6.18).</summary>
    public static FaultKind UpdateSockMap(Machine* m) => MapSet.Of(m, m->Registers[2]) is SockMap map ? Update(m, map) : FaultKind.InvalidPointer;

    public static FaultKind UpdateSockHash(Machine* m) => MapSet.Of(m, m->Registers[2]) is SockHash map ? Update(m, map) : FaultKind.InvalidPointer;

    /// <summary>That of a connection: of a socket that listens a case has no word.</summary>
    private static FaultKind Update(Machine* m, SocketMap map)
    {
        if (!IsSockOps(m)) return FaultKind.InvalidPointer;
        GuestBytes key = GuestMemory.BytesToRead(m, m->Registers[3], (ulong)map.KeyBytes);
        if (key.IsNull) return FaultKind.OutOfBoundsLoad;
        var operation = (SocketOperation)Of(m).Word(Field("op"));
        if (operation == SocketOperation.Listen) return Packet.Unknown(m);
        if (operation is not (SocketOperation.ActiveEstablished or SocketOperation.PassiveEstablished)) return Packet.Done(m, -(long)Errno.EOPNOTSUPP);
        NetworkPlace place = operation == SocketOperation.ActiveEstablished ? NetworkPlace.Client : NetworkPlace.Server;
        return Packet.Done(m, -(long)map.Put(key, map.Sockets[place], m->Registers[4]));
    }

    private static bool IsSockOps(Machine* m) => Packet.IsContext(m, ContextTables.SockOps);

    private static ContextBytes Of(Machine* m) => new(m->Regions + Regions.Context);

    private static ContextField Field(string name) => ContextTables.SockOps.Field(name);
}
