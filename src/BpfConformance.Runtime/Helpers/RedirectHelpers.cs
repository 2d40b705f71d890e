using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// Where a packet is to go (net/core/filter.c and include/linux/filter.h, 6.18). They only say it: the packet goes when the program returns what
/// they have returned. A copy of it goes at once.
/// </summary>
internal static unsafe class RedirectHelpers
{
    private const int XdpAborted = 0; // uapi linux/bpf.h, enum xdp_action
    private const int XdpRedirect = 4;
    private const int TcShot = 2; // uapi linux/pkt_cls.h, TC_ACT_SHOT
    private const int TcRedirect = 7; // TC_ACT_REDIRECT, and BPF_REDIRECT of uapi linux/bpf.h

    private const ulong Actions = 3; // XDP_ABORTED, XDP_DROP, XDP_PASS and XDP_TX

    /// <summary>r1 is a device, r2 flags.</summary>
    public static FaultKind Redirect(Machine* m)
    {
        ulong flags = m->Registers[2];
        if (Packet.IsAtDriver(m)) return flags != 0 ? Packet.Done(m, XdpAborted) : To(m, RedirectKind.Device, flags, XdpRedirect);
        return InStack(m, (flags & ~Execution.Redirect.Ingress) == 0, RedirectKind.Device, flags);
    }

    /// <summary>A copy of packet r1 goes to device r2, r3 are flags. Of one that stands for several it is not known what kind they are.</summary>
    public static FaultKind CloneRedirect(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        (uint device, ulong flags) = ((uint)m->Registers[2], m->Registers[3]);
        if ((flags & ~Execution.Redirect.Ingress) != 0) return Packet.Done(m, Packet.InvalidArgument);
        if (SkBuffContext.IsSegmented(m)) return Packet.Done(m, -(long)Errno.EBADMSG);
        if (!CaseNetwork.Has((int)device)) return Packet.Done(m, Packet.InvalidArgument);
        bool hasLink = m->Packet.LinkHeader < m->Packet.NetworkHeader && Packet.Length(m) > 0;
        if (hasLink) PacketClones.Add(m, new Redirect { Kind = RedirectKind.Device, Index = device, Flags = flags });
        Packet.DropMeta(m); // the packet gets a head of its own (pskb_expand_head)
        return Packet.Done(m, hasLink ? 0 : -(long)Errno.ERANGE);
    }

    /// <summary>r1 is a device, r2 flags, of which there are none.</summary>
    public static FaultKind RedirectPeer(Machine* m) => InStack(m, m->Registers[2] == 0, RedirectKind.Peer, flags: 0);

    /// <summary>r1 is a device, r2 and r3 are the next hop or nothing, r4 flags, of which there are none.</summary>
    public static FaultKind RedirectNeigh(Machine* m)
    {
        uint bytes = (uint)m->Registers[3];
        if (bytes == 0) return InStack(m, m->Registers[4] == 0, RedirectKind.Neighbor, flags: 0);
        GuestBytes hop = GuestMemory.BytesToRead(m, m->Registers[2], m->Registers[3]);
        if (hop.IsNull) return FaultKind.OutOfBoundsLoad;
        bool isRight = bytes >= Execution.Redirect.NextHopBytes && m->Registers[4] == 0;
        FaultKind fault = InStack(m, isRight, RedirectKind.NextHop, flags: 0);
        if (isRight) hop.AsSpan(Execution.Redirect.NextHopBytes).CopyTo(new Span<byte>(m->Redirect.NextHop, Execution.Redirect.NextHopBytes));
        return fault;
    }

    /// <summary>
    /// r1 is a map, r2 a key, r3 flags: the two lowest are what is returned if there is no such entry. Then the packet goes where the last
    /// index leads, as that of a device (__bpf_xdp_redirect_map).
    /// </summary>
    public static FaultKind RedirectMap(Machine* m)
    {
        if (MapSet.Of(m, m->Registers[1]) is not { } map || map.RedirectFlags is not { } known) return FaultKind.InvalidPointer;
        ulong flags = m->Registers[3];
        if ((flags & ~(Actions | known)) != 0) return Packet.Done(m, XdpAborted);
        bool isToAll = (flags & Execution.Redirect.Broadcast) != 0;
        if (!isToAll && !map.LeadsFrom((uint)m->Registers[2]))
        {
            m->Redirect.Kind = RedirectKind.Device;
            return Packet.Done(m, (long)(flags & Actions));
        }

        m->Redirect = new Redirect { Kind = RedirectKind.MapEntry, Index = (uint)m->Registers[2], Map = MapSet.IndexOf(m->Registers[1]), Flags = isToAll ? flags : 0 };
        return Packet.Done(m, XdpRedirect);
    }

    private static FaultKind InStack(Machine* m, bool isRight, RedirectKind kind, ulong flags)
    {
        if (!Packet.IsInStack(m)) return FaultKind.InvalidPointer;
        return isRight ? To(m, kind, flags, TcRedirect) : Packet.Done(m, TcShot);
    }

    private static FaultKind To(Machine* m, RedirectKind kind, ulong flags, long result)
    {
        m->Redirect = new Redirect { Kind = kind, Index = (uint)m->Registers[1], Flags = flags };
        return Packet.Done(m, result);
    }
}
