using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// Which socket of the host a datagram is for (net/ipv4/udp.c and include/net/inet_hashtables.h, 6.18, <c>__udp4_lib_rcv</c>,
/// <c>inet_steal_sock</c>): the one that a program of tc has given it, or the one that programs of the network choose, or the one of its port; and of
/// those that share a port the one that the program of their group chooses, or a hash.
/// </summary>
/// <param name="hooks">Run the programs.</param>
/// <param name="packet">The packet, with whole headers.</param>
internal sealed class SocketSearch(HookRunner hooks, LivePacket packet)
{
    /// <summary>The socket; 0: there is none, or it is not known which.</summary>
    /// <param name="whyUnknown">Why it is not known; <c>null</c>: it is.</param>
    public NetworkPlace Find(out string? whyUnknown)
    {
        whyUnknown = null;
        SocketChoice choice = new() { Socket = packet.Socket };
        if (!packet.HasChosenSocket && !hooks.PassesLookup(out choice)) return default;
        if (!choice.IsMade) choice.Socket = HostSocket.WithPort(BinaryPrimitives.ReadUInt16BigEndian(packet.Bytes[(DatagramLayout.LinkBytes + DatagramLayout.Ip4Bytes + sizeof(ushort))..]));
        return choice.SkipsGroup || !HostSocket.IsInGroup(choice.Socket) ? choice.Socket : FindInGroup(out whyUnknown);
    }

    private NetworkPlace FindInGroup(out string? whyUnknown)
    {
        whyUnknown = null;
        if (!hooks.PassesPortGroup(out SocketChoice choice)) return default;
        if (!choice.IsMade) whyUnknown = "a datagram for sockets that share a port, of which a hash chooses one";
        return choice.Socket;
    }
}
