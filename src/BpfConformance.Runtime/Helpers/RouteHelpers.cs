using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Where packets would go in the <see cref="CaseNetwork"/>, and how long they may be there (net/core/filter.c, 6.18).</summary>
internal static unsafe class RouteHelpers
{
    private static readonly ContextField s_ifindex = ContextTables.SkBuff.Field("ifindex");
    private static readonly ContextField s_ingressIfindex = ContextTables.XdpMd.Field("ingress_ifindex");

    /// <summary>Of the route of a packet: no route here has one.</summary>
    public static FaultKind GetRouteRealm(Machine* m) => Packet.IsSkBuff(m) ? Packet.Done(m, 0) : FaultKind.InvalidPointer;

    /// <summary>Whether a packet, r4 bytes longer, may leave by device r2. r3 is a length that counts instead of the packet's, and gets the most that there may be.</summary>
    public static FaultKind CheckMtu(Machine* m)
    {
        const ulong OfSegments = 1; // BPF_MTU_CHK_SEGS
        bool isXdp = Packet.IsXdp(m);
        if (!isXdp && !Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        GuestBytes length = GuestMemory.BytesToWrite(m, m->Registers[3], sizeof(uint));
        if (length.IsNull) return FaultKind.OutOfBoundsStore;
        uint given = *(uint*)length.Data;
        (int more, ulong flags) = ((int)m->Registers[4], m->Registers[5]);
        bool isRight = isXdp ? flags == 0 : flags == 0 || (flags == OfSegments && more == 0 && given == 0);
        if (!isRight) return Packet.Done(m, Packet.InvalidArgument);
        uint index = (uint)m->Registers[2];
        if (CaseNetwork.MtuOf((int)(index == 0 ? DeviceOf(m, isXdp) : index)) is not { } mtu) return Packet.Done(m, -(long)Errno.ENODEV);

        int bytes = unchecked((int)(given != 0 ? given + PacketRules.LinkHeaderBytes : Packet.Length(m)) + more);
        bool fits = bytes <= mtu + PacketRules.LinkHeaderBytes || (!isXdp && SkBuffContext.IsSegmented(m));
        if (fits && flags == OfSegments && SkBuffContext.IsSegmented(m)) Packet.LeaveOpen(m); // the headers within decide
        *(uint*)length.Data = (uint)mtu;
        return Packet.Done(m, fits ? 0 : 1); // BPF_MTU_CHK_RET_SUCCESS, BPF_MTU_CHK_RET_FRAG_NEEDED
    }

    /// <summary>r2 are r3 bytes of <c>struct bpf_fib_lookup</c>, r4 flags: which way a packet with such addresses is forwarded.</summary>
    public static FaultKind FibLookup(Machine* m)
    {
        bool isXdp = Packet.IsXdp(m);
        if (!isXdp && !Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        GuestBytes given = GuestMemory.BytesToWrite(m, m->Registers[2], m->Registers[3]);
        if (given.IsNull) return FaultKind.OutOfBoundsStore;
        bool isRight = (uint)m->Registers[3] >= RouteLookup.Bytes && (m->Registers[4] & ~RouteLookup.AllFlags) == 0;
        if (!isRight) return Packet.Done(m, Packet.InvalidArgument);
        if (given.Shadow != null && new ReadOnlySpan<byte>(given.Shadow, RouteLookup.Bytes).ContainsAnyExcept(ByteShadow.Scalar)) Packet.LeaveOpen(m);
        var lookup = new RouteLookup(new Span<byte>(given.Data, RouteLookup.Bytes), m->Registers[4]);
        if (lookup.IsOfIp6 || m->HasRoutePrograms) Packet.LeaveOpen(m);
        return Packet.Done(m, isXdp ? lookup.Take(packetBytes: 0) : lookup.Take((int)Packet.Length(m), SkBuffContext.IsSegmented(m)));
    }

    private static uint DeviceOf(Machine* m, bool isXdp) =>
        new ContextBytes(m->Regions + Regions.Context).Word(isXdp ? s_ingressIfindex : s_ifindex);
}
