using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// Sockets of the host that programs look for (net/core/filter.c, 6.18). What they find they must give back; who does not is refused by the kernel, and
/// goes on here.
/// </summary>
internal static unsafe class SocketHelpers
{
    private const int TupleBytes4 = 12; // sizeof(struct bpf_sock_tuple.ipv4): two addresses, two ports
    private const int TupleBytes6 = 36; // of .ipv6
    private const int PortPosition4 = 10; // dport

    /// <summary>r2 is a tuple of r3 bytes, r4 a network, r5 flags, of which there are none.</summary>
    public static FaultKind LookupUdp(Machine* m) => Lookup(m, isUdp: true);

    /// <summary>The same of TCP, which no socket here speaks.</summary>
    public static FaultKind LookupTcp(Machine* m) => Lookup(m, isUdp: false);

    /// <summary>r1 is a socket that was found.</summary>
    public static FaultKind Release(Machine* m) => FoundSockets.TryClose(m, m->Registers[1]) ? Packet.Done(m, 0) : FaultKind.InvalidPointer;

    /// <summary>r1 is a socket of any kind: all of it, as none is but half made, or waits.</summary>
    public static FaultKind FullSock(Machine* m)
    {
        Region* region = SocketAt(m, m->Registers[1]);
        if (region == null) return FaultKind.InvalidPointer;
        HostSocket.ShowWhole(region);
        return Packet.Done(m, (long)region->Start);
    }

    /// <summary>r1 is a socket, which does not speak TCP.</summary>
    public static FaultKind TcpSock(Machine* m) => SocketAt(m, m->Registers[1]) != null ? Packet.Done(m, 0) : FaultKind.InvalidPointer;

    /// <summary>r1 is a socket, which does not listen.</summary>
    public static FaultKind GetListenerSock(Machine* m) => TcpSock(m);

    /// <summary>
    /// __bpf_sk_lookup: of networks there is only that of the caller, which a negative number means, in 32 bits; no other has got one. The host's sockets
    /// are bound to all addresses of IPv4.
    /// </summary>
    private static FaultKind Lookup(Machine* m, bool isUdp)
    {
        if (!Packet.HasContext(m)) return FaultKind.InvalidPointer;
        GuestBytes tuple = MachineMemory.BytesToRead(m, m->Registers[2], (uint)m->Registers[3]);
        if (tuple.IsNull) return FaultKind.OutOfBoundsLoad;
        uint bytes = (uint)m->Registers[3];
        bool isRight = bytes is TupleBytes4 or TupleBytes6 && m->Registers[5] == 0 && (int)m->Registers[4] < 0;
        if (!isRight || m->Lookups == SocketLookups.None) return Packet.Done(m, 0);
        if (m->Lookups == SocketLookups.ByPrograms) m->VolatileFlowPc = Math.Max(m->VolatileFlowPc, 0);
        if (bytes == TupleBytes6 || !isUdp) return Packet.Done(m, 0);
        if (IsVolatile(tuple)) m->VolatileFlowPc = Math.Max(m->VolatileFlowPc, 0);
        NetworkPlace socket = HostSocket.WithPort(BinaryPrimitives.ReadUInt16BigEndian(tuple.AsSpan(TupleBytes4)[PortPosition4..]));
        Region* region = socket == default ? null : FoundSockets.TryOpen(m, socket);
        return Packet.Done(m, region == null ? 0 : (long)region->Start);
    }

    private static bool IsVolatile(GuestBytes tuple) =>
        tuple.Shadow != null && new ReadOnlySpan<byte>(tuple.Shadow + PortPosition4, sizeof(ushort)).ContainsAnyExcept(ByteShadow.Scalar);

    /// <summary>The region of a socket that begins at an address: of one that was found, or of that to which a context leads; null: there is none.</summary>
    private static Region* SocketAt(Machine* m, ulong address)
    {
        Region* ofContext = m->Regions + Regions.Socket;
        if (address == ofContext->Start && ofContext->Fields != null) return ofContext;
        return FoundSockets.At(m, address) != default ? MachineMemory.RegionOf(m, address) : null;
    }
}
