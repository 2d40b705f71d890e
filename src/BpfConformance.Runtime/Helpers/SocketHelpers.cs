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
    public static FaultKind LookupUdp(Machine* m) => CanFind(m, out FaultKind fault) ? Found(m, TupleToRead(m, PortPosition4), isCommon: false, SocketTypes.Udp) : fault;

    /// <summary>The same of TCP, which the connection speaks.</summary>
    public static FaultKind LookupTcp(Machine* m) => CanFind(m, out FaultKind fault) ? Found(m, TupleToRead(m, 0), isCommon: false, SocketTypes.Tcp) : fault;

    /// <summary>The same; of what is found only that is seen which all kinds of sockets have.</summary>
    public static FaultKind LookupCommonTcp(Machine* m) => CanFind(m, out FaultKind fault) ? Found(m, TupleToRead(m, 0), isCommon: true, SocketTypes.Tcp) : fault;

    /// <summary>r1 is a socket that was found.</summary>
    public static FaultKind Release(Machine* m) => FoundSockets.TryClose(m, m->Registers[1]) ? Packet.Done(m, 0) : FaultKind.InvalidPointer;

    /// <summary>r1 is a socket of any kind: all of it, as none is but half made, or waits.</summary>
    public static FaultKind FullSock(Machine* m)
    {
        Region* region = SocketAt(m, m->Registers[1]);
        if (region == null) return FaultKind.InvalidPointer;
        SocketFields.ShowWhole(region);
        return Packet.Done(m, (long)region->Start);
    }

    /// <summary>r1 is a socket: what TCP knows of its own is not modeled.</summary>
    public static FaultKind TcpSock(Machine* m)
    {
        Region* region = SocketAt(m, m->Registers[1]);
        return region == null ? FaultKind.InvalidPointer : SocketFields.IsStream(region) ? Packet.Unknown(m) : Packet.Done(m, 0);
    }

    /// <summary>r1 is a socket: none listens.</summary>
    public static FaultKind GetListenerSock(Machine* m) => SocketAt(m, m->Registers[1]) != null ? Packet.Done(m, 0) : FaultKind.InvalidPointer;

    /// <summary>
    /// __bpf_sk_lookup: whether anything can be found. Of networks there is only that of the caller, which a negative number means, in 32 bits; no other has
    /// a number. No socket is of IPv6.
    /// </summary>
    private static bool CanFind(Machine* m, out FaultKind fault)
    {
        uint bytes = (uint)m->Registers[3];
        bool isThere = !GuestMemory.BytesToRead(m, m->Registers[2], bytes).IsNull;
        fault = !Packet.HasContext(m) ? FaultKind.InvalidPointer : !isThere && bytes > 0 ? FaultKind.OutOfBoundsLoad : FaultKind.None;
        if (fault != FaultKind.None) return false;
        m->Registers[0] = 0;
        bool isRight = bytes is TupleBytes4 or TupleBytes6 && m->Registers[5] == 0 && (int)m->Registers[4] < 0 && m->Lookups != SocketLookups.None;
        if (isRight && m->Lookups == SocketLookups.ByPrograms) _ = Packet.Unknown(m);
        return isRight && bytes == TupleBytes4;
    }

    /// <summary>The tuple, whose bytes from a position on decide.</summary>
    private static ReadOnlySpan<byte> TupleToRead(Machine* m, int position)
    {
        GuestBytes tuple = GuestMemory.BytesToRead(m, m->Registers[2], TupleBytes4);
        bool isKnown = tuple.Shadow == null || !new ReadOnlySpan<byte>(tuple.Shadow, TupleBytes4)[position..].ContainsAnyExcept(ByteShadow.Scalar);
        if (!isKnown) _ = Packet.Unknown(m);
        return tuple.AsSpan(TupleBytes4);
    }

    /// <summary>Those for datagrams are found by their port alone, of two that share it one by a hash; the sides of the connection by all that is in a tuple.</summary>
    private static FaultKind Found(Machine* m, ReadOnlySpan<byte> tuple, bool isCommon, uint protocol)
    {
        NetworkPlace socket = protocol == SocketTypes.Udp
            ? SocketFields.WithPort(BinaryPrimitives.ReadUInt16BigEndian(tuple[PortPosition4..]))
            : StreamAddresses.WithTuple(tuple);
        return Packet.Done(m, socket == default ? 0 : FoundSockets.Open(m, socket, isCommon, isOneOfGroup: SocketFields.IsInGroup(socket)));
    }

    /// <summary>The region of a socket that begins at an address: of one that was found, or of that to which a context leads; null: there is none.</summary>
    private static Region* SocketAt(Machine* m, ulong address)
    {
        Region* ofContext = m->Regions + Regions.Socket;
        if (address == ofContext->Start && ofContext->Fields != null) return ofContext;
        return FoundSockets.At(m, address) != default ? GuestMemory.RegionOf(m, address) : null;
    }
}
