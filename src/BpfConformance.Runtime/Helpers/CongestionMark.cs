using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Marks that a packet has met congestion (include/net/inet_ecn.h, 6.18; RFC 3168).</summary>
internal static unsafe class CongestionMark
{
    private const int Ip6Bytes = 40;
    private const byte Mask = 3; // INET_ECN_MASK, and what says "congestion" (INET_ECN_CE)

    /// <summary>r0 is 1 if the packet is marked then: who has sent it must know of such marks.</summary>
    public static FaultKind Set(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        ushort protocol = SkBuffContext.Protocol(m);
        if (protocol is EtherTypes.CustomerTag or EtherTypes.ServiceTag) Packet.LeaveOpen(m); // what lies behind the tag decides, and the tag is marked
        uint headerBytes = protocol switch
        {
            EtherTypes.Ip4 => DatagramLayout.Ip4Bytes,
            EtherTypes.Ip6 => Ip6Bytes,
            _ => 0,
        };
        long start = m->Packet.NetworkHeader;
        if (headerBytes == 0 || start + headerBytes > Packet.Length(m)) return Packet.Done(m, 0);
        GuestBytes header = Packet.At(m, start);
        return Packet.Done(m, protocol == EtherTypes.Ip4 ? SetIp4(m, header) : SetIp6(m, header));
    }

    private static long SetIp4(Machine* m, GuestBytes header)
    {
        const int TosOffset = 1, ChecksumOffset = 10;
        if (header.Shadow != null && header.Shadow[TosOffset] != ByteShadow.Scalar) Packet.LeaveOpen(m);
        int old = header.Data[TosOffset] & Mask;
        if (old is 0 or Mask) return old == Mask ? 1 : 0;

        // The sum of the words grows by what the mark grows, so its complement shrinks by that (RFC 1624).
        Span<byte> bytes = new(header.Data + ChecksumOffset, sizeof(ushort));
        uint sum = (uint)(BinaryPrimitives.ReadUInt16LittleEndian(bytes) + BinaryPrimitives.ReverseEndianness((ushort)(ushort.MaxValue - Mask + old)));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(sum + (sum >> 16)));
        header.Data[TosOffset] |= Mask;
        if (header.Shadow == null) return 1;
        var shadow = new Span<byte>(header.Shadow + ChecksumOffset, sizeof(ushort));
        shadow.Fill(shadow.ContainsAnyExcept(ByteShadow.Scalar) ? ByteShadow.Volatile : ByteShadow.Scalar);
        return 1;
    }

    private static long SetIp6(Machine* m, GuestBytes header)
    {
        const int ClassOffset = 1, Shift = 4; // the class lies across two bytes, and this is its lower half
        if (header.Shadow != null && header.Shadow[ClassOffset] != ByteShadow.Scalar) Packet.LeaveOpen(m);
        if (((header.Data[ClassOffset] >> Shift) & Mask) == 0) return 0;
        header.Data[ClassOffset] |= Mask << Shift;
        return 1;
    }
}
