using System.Buffers.Binary;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Tags of virtual networks (net/core/skbuff.c, 6.18, skb_vlan_push and skb_vlan_pop): the outermost is kept beside the packet.</summary>
internal static unsafe class TagHelpers
{
    private const ushort Customer = 0x0081; // uapi linux/if_ether.h, ETH_P_8021Q in network order
    private const ushort Service = 0xa888; // ETH_P_8021AD
    private const ushort NovellRaw = 0x0100; // ETH_P_802_3
    private const ushort LogicalLink = 0x0400; // ETH_P_802_2
    private const int LeastType = 0x0600; // ETH_P_802_3_MIN
    private const int TagBytes = 4; // include/linux/if_vlan.h, VLAN_HLEN
    private const int TagOffset = 12; // behind both addresses

    /// <summary>r2 and r3 are the protocol, in network order, and the tag.</summary>
    public static FaultKind Push(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        ushort protocol = (ushort)m->Registers[2];
        if (!IsTag(protocol)) protocol = Customer;
        if (SkBuffContext.HasTag(m))
        {
            (ushort oldProtocol, ushort oldTag) = SkBuffContext.Tag(m);
            if (!Packet.TryInsert(m, TagOffset, TagBytes)) return Packet.Done(m, Packet.NoMemory);
            BinaryPrimitives.WriteUInt16LittleEndian(Packet.Bytes(m, TagOffset, sizeof(ushort)), oldProtocol);
            BinaryPrimitives.WriteUInt16BigEndian(Packet.Bytes(m, TagOffset + sizeof(ushort), sizeof(ushort)), oldTag);
            SkBuffContext.SetProtocol(m, oldProtocol);
        }

        SkBuffContext.SetTag(m, protocol, (ushort)m->Registers[3]);
        return Packet.Done(m, 0);
    }

    public static FaultKind Pop(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        bool hadTag = SkBuffContext.HasTag(m);
        SkBuffContext.ClearTag(m);
        if (!IsTag(SkBuffContext.Protocol(m))) return Packet.Done(m, 0);
        if (!hadTag && !TryTakeOut(m, out _)) return Packet.Done(m, Packet.NoMemory);

        // The next one is kept beside the packet then.
        ushort protocol = SkBuffContext.Protocol(m);
        if (!IsTag(protocol)) return Packet.Done(m, 0);
        if (!TryTakeOut(m, out ushort tag)) return Packet.Done(m, Packet.NoMemory);
        SkBuffContext.SetTag(m, protocol, tag);
        return Packet.Done(m, 0);
    }

    private static bool IsTag(ushort protocol) => protocol is Customer or Service;

    private static bool TryTakeOut(Machine* m, out ushort tag)
    {
        const int HeaderBytes = PacketRules.LinkHeaderBytes + TagBytes;
        tag = 0;
        if (Packet.Length(m) < HeaderBytes) return false;
        tag = BinaryPrimitives.ReadUInt16BigEndian(Packet.Bytes(m, TagOffset + sizeof(ushort), sizeof(ushort)));
        int type = BinaryPrimitives.ReadUInt16BigEndian(Packet.Bytes(m, TagOffset + TagBytes, sizeof(ushort)));
        bool isRaw = Packet.Length(m) >= HeaderBytes + sizeof(ushort)
            && BinaryPrimitives.ReadUInt16LittleEndian(Packet.Bytes(m, HeaderBytes, sizeof(ushort))) == ushort.MaxValue;
        SkBuffContext.SetProtocol(m, type >= LeastType ? BinaryPrimitives.ReverseEndianness((ushort)type) : isRaw ? NovellRaw : LogicalLink);
        Packet.Remove(m, TagOffset, TagBytes);
        m->Packet.NetworkHeader = Math.Max(m->Packet.NetworkHeader - TagBytes, PacketRules.LinkHeaderBytes);
        return true;
    }
}
