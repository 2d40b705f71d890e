using System.Buffers.Binary;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Tags of virtual networks (net/core/skbuff.c, 6.18, skb_vlan_push and skb_vlan_pop): the outermost is kept beside the packet.</summary>
internal static unsafe class TagHelpers
{
    private const int TagBytes = 4; // include/linux/if_vlan.h, VLAN_HLEN
    private const int TagOffset = 12; // behind both addresses

    /// <summary>r2 and r3 are the protocol, in network order, and the tag.</summary>
    public static FaultKind Push(Machine* m)
    {
        if (!Packet.IsSkBuff(m)) return FaultKind.InvalidPointer;
        ushort protocol = (ushort)m->Registers[2];
        if (!IsTag(protocol)) protocol = EtherTypes.CustomerTag;
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

    private static bool IsTag(ushort protocol) => protocol is EtherTypes.CustomerTag or EtherTypes.ServiceTag;

    private static bool TryTakeOut(Machine* m, out ushort tag)
    {
        const int HeaderBytes = PacketRules.LinkHeaderBytes + TagBytes;
        tag = 0;
        if (Packet.Length(m) < HeaderBytes) return false;
        tag = BinaryPrimitives.ReadUInt16BigEndian(Packet.Bytes(m, TagOffset + sizeof(ushort), sizeof(ushort)));
        SkBuffContext.SetProtocol(m, EtherTypes.Of(Packet.Bytes(m, TagOffset + TagBytes, (int)Packet.Length(m) - TagOffset - TagBytes)));
        Packet.Remove(m, TagOffset, TagBytes);
        m->Packet.NetworkHeader = Math.Max(m->Packet.NetworkHeader - TagBytes, PacketRules.LinkHeaderBytes);
        return true;
    }
}
