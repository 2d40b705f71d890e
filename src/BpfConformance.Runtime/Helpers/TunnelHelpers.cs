using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What a packet is to be put into, said and asked (net/core/filter.c, 6.18, <c>bpf_skb_set_tunnel_key</c> and others).</summary>
internal static unsafe class TunnelHelpers
{
    // struct bpf_tunnel_key (include/uapi/linux/bpf.h, 6.18).
    private const int RemoteOffset = 4;
    private const int TosOffset = 20;
    private const int ExtOffset = 22;
    private const int LabelOffset = 24;
    private const int LocalOffset = 28;
    private const int Ip4Bytes = 4;
    private const int Ip6Bytes = 16;

    /// <summary>What older programs know of IPv4 alone: up to the address.</summary>
    private const int OldestBytes = RemoteOffset + Ip4Bytes;

    private const ulong Ip6 = 1 << 0; // BPF_F_TUNINFO_IPV6
    private const ulong NoChecksum = 1 << 1; // BPF_F_ZERO_CSUM_TX
    private const ulong DoNotFragment = 1 << 2; // BPF_F_DONT_FRAGMENT
    private const ulong SequenceNumber = 1 << 3; // BPF_F_SEQ_NUMBER
    private const ulong NoKey = 1 << 4; // BPF_F_NO_TUNNEL_KEY
    private const ulong WithFlags = 1 << 4; // BPF_F_TUNINFO_FLAGS, of who asks

    // IP_TUNNEL_*_BIT (include/uapi/linux/if_tunnel.h, 6.18), as the bytes of 16 bits in network order.
    private const ushort ChecksumFlag = 0x0100;
    private const ushort KeyFlag = 0x0400;
    private const ushort SequenceFlag = 0x0800;
    private const ushort FragmentFlag = 0x0001;
    private const ushort NoCacheFlag = 0x0020;
    private const ushort OptionFlags = 0x00d8;

    /// <summary>r2 is a key of r3 bytes, r4 flags.</summary>
    public static FaultKind SetKey(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        (uint size, ulong flags) = ((uint)m->Registers[3], m->Registers[4]);
        GuestBytes given = GuestMemory.BytesToRead(m, m->Registers[2], m->Registers[3]);
        if (given.IsNull) return FaultKind.OutOfBoundsLoad;
        bool isKnown = (flags & ~(Ip6 | NoChecksum | DoNotFragment | SequenceNumber | NoKey)) == 0
            && size is OldestBytes or ExtOffset or LabelOffset or LocalOffset or TunnelInfo.KeyBytes;
        if (!isKnown) return Packet.Done(m, Packet.InvalidArgument);

        byte* key = stackalloc byte[TunnelInfo.KeyBytes];
        byte* shadow = stackalloc byte[TunnelInfo.KeyBytes];
        var whole = new GuestBytes(key, shadow);
        whole.Clear(TunnelInfo.KeyBytes);
        given.CopyTo(whole, (int)size);
        if (new ReadOnlySpan<byte>(shadow + ExtOffset, LocalOffset - ExtOffset).ContainsAnyExcept(ByteShadow.Scalar)) Packet.LeaveOpen(m);
        bool isIp6 = (flags & Ip6) != 0;
        bool hasExt = new ReadOnlySpan<byte>(key + ExtOffset, LabelOffset - ExtOffset).ContainsAnyExcept((byte)0);
        bool hasLabel = new ReadOnlySpan<byte>(key + LabelOffset, LocalOffset - LabelOffset).ContainsAnyExcept((byte)0);
        if (hasExt || (hasLabel && !isIp6)) return Packet.Done(m, Packet.InvalidArgument);

        Keep(m->Tunnel, whole, isIp6);
        m->Tunnel->Flags = FlagsOf(flags);
        m->Packet.HasTunnel = true;
        return Packet.Done(m, 0);
    }

    /// <summary>r2 gets r3 bytes of a key, r4 are flags. Who asks sees it from the other end: the addresses have changed places.</summary>
    public static FaultKind GetKey(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        GuestBytes target = GuestMemory.BytesToWrite(m, m->Registers[2], m->Registers[3]);
        if (target.IsNull) return FaultKind.OutOfBoundsStore;
        (int size, ulong flags) = ((int)m->Registers[3], m->Registers[4]);
        long error = !m->Packet.HasTunnel || (flags & ~(Ip6 | WithFlags)) != 0 ? Packet.InvalidArgument
            : m->Tunnel->IsIp6 != ((flags & Ip6) != 0) ? -(long)Errno.EPROTO
            : size is ExtOffset or LabelOffset or LocalOffset or TunnelInfo.KeyBytes || (size == OldestBytes && !m->Tunnel->IsIp6) ? 0
            : Packet.InvalidArgument;
        if (error != 0)
        {
            target.Clear(size);
            return Packet.Done(m, error);
        }

        TunnelInfo.Key(m->Tunnel).CopyTo(target, size);
        if ((flags & WithFlags) != 0 && size > ExtOffset) *(ushort*)(target.Data + ExtOffset) = m->Tunnel->Flags;
        return Packet.Done(m, 0);
    }

    /// <summary>r2 are r3 bytes of options, of which the helper knows only that they are words.</summary>
    public static FaultKind SetOptions(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        uint size = (uint)m->Registers[3];
        GuestBytes given = GuestMemory.BytesToRead(m, m->Registers[2], m->Registers[3]);
        if (given.IsNull) return FaultKind.OutOfBoundsLoad;
        if (!m->Packet.HasTunnel || size % sizeof(uint) != 0) return Packet.Done(m, Packet.InvalidArgument);
        if (size > TunnelInfo.MaxOptionBytes) return Packet.Done(m, Packet.NoMemory);
        given.CopyTo(TunnelInfo.Options(m->Tunnel), (int)size);
        m->Tunnel->OptionBytes = (int)size;
        m->Tunnel->Flags |= OptionFlags;
        return Packet.Done(m, 0);
    }

    /// <summary>r2 gets the options, and zeros up to r3 bytes; r0 is how many bytes of options there are.</summary>
    public static FaultKind GetOptions(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        GuestBytes target = GuestMemory.BytesToWrite(m, m->Registers[2], m->Registers[3]);
        if (target.IsNull) return FaultKind.OutOfBoundsStore;
        int size = (int)m->Registers[3];
        int bytes = m->Packet.HasTunnel ? m->Tunnel->OptionBytes : 0;
        target.Clear(size);
        if (bytes == 0) return Packet.Done(m, -(long)Errno.ENOENT);
        if (bytes > size) return Packet.Done(m, Packet.NoMemory);
        TunnelInfo.Options(m->Tunnel).CopyTo(target, bytes);
        return Packet.Done(m, bytes);
    }

    private static ushort FlagsOf(ulong flags) => (ushort)(NoCacheFlag
        | ((flags & NoKey) != 0 ? 0 : KeyFlag)
        | ((flags & NoChecksum) != 0 ? 0 : ChecksumFlag)
        | ((flags & DoNotFragment) != 0 ? FragmentFlag : 0)
        | ((flags & SequenceNumber) != 0 ? SequenceFlag : 0));

    private static void Keep(TunnelInfo* info, GuestBytes given, bool isIp6)
    {
        const byte LabelTop = 0x0f; // IPV6_FLOWLABEL_MASK has 20 bits
        GuestBytes key = TunnelInfo.Key(info);
        int addressBytes = isIp6 ? Ip6Bytes : Ip4Bytes;
        key.Clear(TunnelInfo.KeyBytes);
        given.CopyTo(key, RemoteOffset);
        given.From(LocalOffset).CopyTo(key.From(RemoteOffset), addressBytes);
        given.From(RemoteOffset).CopyTo(key.From(LocalOffset), addressBytes);
        given.From(TosOffset).CopyTo(key.From(TosOffset), ExtOffset - TosOffset);
        given.From(LabelOffset).CopyTo(key.From(LabelOffset), LocalOffset - LabelOffset - 1);
        key.Data[LabelOffset + 2] &= LabelTop;
        (info->IsIp6, info->OptionBytes) = (isIp6, 0);
    }
}
