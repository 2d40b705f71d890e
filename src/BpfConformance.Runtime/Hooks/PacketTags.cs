using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// Tags of virtual networks on the way of a packet (net/core/dev.c, <c>__netif_receive_skb_core</c>, and net/core/skbuff.c, 6.18): the outermost is
/// kept beside it. No device here is one of such a network.
/// </summary>
internal static class PacketTags
{
    private const int TagBytes = 4;
    private const int TagOffset = 12; // behind both addresses
    private const int HeaderBytes = DatagramLayout.LinkBytes + TagBytes + sizeof(ushort); // with what tells of the next header that it is none

    /// <summary>Whether the first tag of what comes in is a machine's own.</summary>
    public static bool IsUnknown(LivePacket packet) =>
        IsTagged(packet) && packet.Shadow[..Math.Min(HeaderBytes, packet.Shadow.Length)].ContainsAnyExcept(ByteShadow.Scalar);

    /// <summary>Takes the first tag out, unless one has been already; whether the packet is long enough for it.</summary>
    public static bool TryTakeOut(LivePacket packet)
    {
        if (!IsTagged(packet) || packet[PacketFields.TagPresent] != 0) return true;
        if (packet.Bytes.Length < HeaderBytes) return false;
        packet[PacketFields.TagPresent] = 1;
        packet[PacketFields.TagProtocol] = packet[PacketFields.Protocol];
        packet[PacketFields.Tag] = BinaryPrimitives.ReadUInt16BigEndian(packet.Bytes[(TagOffset + sizeof(ushort))..]);
        packet[PacketFields.Protocol] = EtherTypes.Of(packet.Bytes[(TagOffset + TagBytes)..]);
        packet.Remove(TagOffset, TagBytes);
        return true;
    }

    /// <summary>What no program has stopped loses its tags: with an identifier in one it is for others, and what follows is looked at no more.</summary>
    public static bool TryStrip(LivePacket packet)
    {
        const uint Identifier = 0xfff; // include/linux/if_vlan.h, VLAN_VID_MASK
        const uint ToOthers = 3; // uapi linux/if_packet.h, PACKET_OTHERHOST
        while (packet[PacketFields.TagPresent] != 0)
        {
            bool isOfNetwork = (packet[PacketFields.Tag] & Identifier) != 0;
            if (isOfNetwork) packet[PacketFields.PacketType] = ToOthers;
            Clear(packet);
            if (!isOfNetwork && !TryTakeOut(packet)) return false;
        }

        return true;
    }

    /// <summary>Leaves by a wire, where the tag is within the frame again (drivers/net/tun.c, 6.18, <c>tun_put_user</c>).</summary>
    public static void PutIn(LivePacket packet)
    {
        if (packet[PacketFields.TagPresent] == 0) return;
        packet.Insert(TagOffset, TagBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(packet.Bytes[TagOffset..], (ushort)packet[PacketFields.TagProtocol]);
        BinaryPrimitives.WriteUInt16BigEndian(packet.Bytes[(TagOffset + sizeof(ushort))..], (ushort)packet[PacketFields.Tag]);
        Clear(packet);
    }

    private static bool IsTagged(LivePacket packet) => (ushort)packet[PacketFields.Protocol] is EtherTypes.CustomerTag or EtherTypes.ServiceTag;

    private static void Clear(LivePacket packet)
    {
        packet.Clear(PacketFields.TagPresent);
        packet.Clear(PacketFields.TagProtocol);
        packet.Clear(PacketFields.Tag);
    }
}
