using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// The packet of a run, as helpers see it that have the context in r1. What else knows where the packet lies and how long it is follows
/// every change: the context, and what engines look at.
/// </summary>
internal static unsafe class Packet
{
    public const long InvalidArgument = -(long)Errno.EINVAL;
    public const long BadAddress = -(long)Errno.EFAULT;
    public const long NoMemory = -(long)Errno.ENOMEM;
    public const long AccessDenied = -(long)Errno.EACCES;
    public const long NotSupported = -524; // ENOTSUPP of include/linux/errno.h, which user space has no name for

    /// <summary>Whether r1 is the context of a program that sees a packet in the network stack.</summary>
    public static bool IsSkBuff(Machine* m) => IsContext(m, ContextTables.SkBuff);

    /// <summary>The same at a driver.</summary>
    public static bool IsXdp(Machine* m) => IsContext(m, ContextTables.XdpMd);

    /// <summary>The same where sockets share a port, and it is for one of them.</summary>
    public static bool IsForGroup(Machine* m) => IsContext(m, ContextTables.SkReuseport);

    /// <summary>Whether r1 is the context of a program that chooses a socket before there is a packet to be seen.</summary>
    public static bool IsLookup(Machine* m) => IsContext(m, ContextTables.SkLookup);

    /// <summary>Whether r1 is the context of the program that runs, whatever it is.</summary>
    public static bool HasContext(Machine* m) => m->Registers[1] == m->Regions[Regions.Context].Start && m->Regions[Regions.Context].Fields != null;

    /// <summary>Whether the program that runs sees a packet in the network stack, whatever is in r1.</summary>
    public static bool IsInStack(Machine* m) => HasContext(m, ContextTables.SkBuff);

    /// <summary>The same at a driver.</summary>
    public static bool IsAtDriver(Machine* m) => HasContext(m, ContextTables.XdpMd);

    /// <summary>Whether r1 is the context of a program that sees a setting being read or written.</summary>
    public static bool IsSysctl(Machine* m) => IsContext(m, ContextTables.Sysctl);

    /// <summary>Whether the program that runs sees an option of a socket, whatever is in r1.</summary>
    public static bool IsAtOption(Machine* m) => HasContext(m, ContextTables.Sockopt);

    /// <summary>What belongs to the program of the packet, metadata not included.</summary>
    public static uint Length(Machine* m) => m->Regions[Regions.Data].Length - m->PacketMetaBytes + m->Packet.FragmentBytes;

    /// <summary>The bytes from an offset on; it is in the packet, or as far before it as hidden bytes are.</summary>
    public static GuestBytes At(Machine* m, long offset)
    {
        Region* region = m->Regions + Regions.Data;
        long start = m->PacketMetaBytes + offset;
        return new GuestBytes(region->Base + start, region->Shadow == null ? null : region->Shadow + start);
    }

    public static Span<byte> Bytes(Machine* m, uint offset, int count) => new(At(m, offset).Data, count);

    /// <summary>Makes bytes plain numbers.</summary>
    public static void SetPlain(Machine* m, uint offset, int count)
    {
        byte* shadow = At(m, offset).Shadow;
        if (shadow != null) new Span<byte>(shadow, count).Fill(ByteShadow.Scalar);
    }

    /// <summary>Lets the region begin so many bytes later, or earlier where that is negative, and each byte stays where it is.</summary>
    public static void MoveStart(Machine* m, int bytes)
    {
        Region* region = m->Regions + Regions.Data;
        ForgetPointers(region);
        region->Base += bytes;
        if (region->Shadow != null) region->Shadow += bytes;
        if (m->RegionShift != 32) region->Start += (ulong)bytes; // with native addresses
        m->Packet.HeadRoom = (uint)(m->Packet.HeadRoom + bytes);
        Resize(m, region, (uint)(region->Length - bytes));
    }

    /// <summary>Metadata of XDP is put before the packet, where a program sees it.</summary>
    public static void ShowMeta(Machine* m, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> shadow)
    {
        m->PacketMetaBytes = (uint)bytes.Length;
        MoveStart(m, -bytes.Length);
        GuestBytes meta = At(m, -bytes.Length);
        bytes.CopyTo(new Span<byte>(meta.Data, bytes.Length));
        if (meta.Shadow != null) shadow.CopyTo(new Span<byte>(meta.Shadow, bytes.Length));
    }

    /// <summary>And is no longer there.</summary>
    public static void DropMeta(Machine* m)
    {
        int bytes = (int)m->PacketMetaBytes;
        m->PacketMetaBytes = 0;
        if (bytes > 0) MoveStart(m, bytes);
    }

    /// <summary>Shows other bytes of what lies there: so many, from so many bytes later on.</summary>
    public static void MoveWindow(Machine* m, long by, uint length)
    {
        Region* region = m->Regions + Regions.Data;
        ForgetPointers(region);
        region->Base += by;
        if (region->Shadow != null) region->Shadow += by;
        if (m->RegionShift != 32) region->Start += (ulong)by; // with native addresses
        region->Length = length;
        Open(m, region);
    }

    /// <summary>Makes the first bytes one piece, as far as they are not; whether there are so many.</summary>
    public static bool TryPull(Machine* m, uint bytes)
    {
        if (bytes > Length(m)) return false;
        Region* region = m->Regions + Regions.Data;
        if (bytes <= region->Length) return true;
        m->Packet.FragmentBytes -= bytes - region->Length;
        MoveWindow(m, 0, bytes);
        return true;
    }

    /// <summary>Makes the packet longer, by zeros, or shorter at its end.</summary>
    public static void MoveEnd(Machine* m, int bytes)
    {
        Region* region = m->Regions + Regions.Data;
        if (bytes > 0) At(m, Length(m)).Clear(bytes);
        m->Packet.TailRoom = (uint)(m->Packet.TailRoom - bytes);
        Resize(m, region, (uint)(region->Length + bytes));
    }

    /// <summary>Puts zeros into the packet; whether there is room for them. The kernel has room for a packet of any length that stands for several, this machine has not.</summary>
    public static bool TryInsert(Machine* m, uint offset, uint bytes)
    {
        bool isBeyond = offset > Length(m); // where the kernel moves what lies behind the packet (bpf_skb_generic_push)
        bool hasMeta = m->PacketMetaBytes > 0; // and it stays where it was
        if (isBeyond || hasMeta || bytes > m->Packet.TailRoom)
        {
            LeaveOpen(m);
            return false;
        }

        ForgetPointers(m->Regions + Regions.Data);
        uint rest = Length(m) - offset;
        MoveEnd(m, (int)bytes);
        At(m, offset).MoveTo(At(m, offset + bytes), rest);
        At(m, offset).Clear((int)bytes);
        return true;
    }

    /// <summary>Takes bytes out of the packet.</summary>
    public static void Remove(Machine* m, uint offset, uint bytes)
    {
        if (m->PacketMetaBytes > 0) LeaveOpen(m); // it stays where it was
        ForgetPointers(m->Regions + Regions.Data);
        uint rest = Length(m) - offset - bytes;
        At(m, offset + bytes).MoveTo(At(m, offset), rest);
        MoveEnd(m, -(int)bytes);
    }

    /// <summary>What comes of the call, or of the access, is each machine's own.</summary>
    public static void LeaveOpen(Machine* m)
    {
        if (m->VolatileFlowPc < 0) m->VolatileFlowPc = Machine.UnknownPc;
    }

    public static FaultKind Done(Machine* m, long result)
    {
        m->Registers[0] = (ulong)result;
        return FaultKind.None;
    }

    /// <summary>What a machine does here is its own.</summary>
    public static FaultKind Unknown(Machine* m)
    {
        LeaveOpen(m);
        return Done(m, 0);
    }

    internal static bool IsContext(Machine* m, ContextLayout layout) => m->Registers[1] == m->Regions[Regions.Context].Start && HasContext(m, layout);

    private static bool HasContext(Machine* m, ContextLayout layout)
    {
        Region* context = m->Regions + Regions.Context;
        return context->Fields != null && context->Fields->Layout == layout.Number;
    }

    private static void Resize(Machine* m, Region* region, uint length)
    {
        region->Length = length;
        Open(m, region);
        if (IsAtDriver(m)) XdpContext.Follow(m);
        else SkBuffContext.Follow(m);
    }

    private static void Open(Machine* m, Region* region)
    {
        m->OpenDataBytes = region->IsWritable != 0 ? region->Length : 0;
        m->Native.SetData(region->Start, (int)m->OpenDataBytes);
    }

    /// <summary>Where pointers are in a region is known by their distance from its start.</summary>
    private static void ForgetPointers(Region* region)
    {
        if (region->Shadow != null) new Span<byte>(region->Shadow, (int)region->Length).Replace(ByteShadow.Pointer, ByteShadow.Volatile);
    }
}
