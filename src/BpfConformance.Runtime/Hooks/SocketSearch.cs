using System.Buffers.Binary;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// Which socket of the host a datagram is for (net/ipv4/udp.c and include/net/inet_hashtables.h, 6.18, <c>__udp4_lib_rcv</c>,
/// <c>inet_steal_sock</c>): the one that a program of tc has given it, or the one that programs of the network choose, or the one of its port; and of
/// those that share a port the one that the program of their group chooses, or a hash.
/// </summary>
/// <param name="runs">The programs.</param>
/// <param name="attachments">Where they run.</param>
/// <param name="packet">The packet, with whole headers.</param>
internal sealed unsafe class SocketSearch(LiveRuns runs, Attachments attachments, LivePacket packet)
{
    private const uint Pass = 1; // SK_PASS (uapi linux/bpf.h)
    private const int NetworkHeader = DatagramLayout.LinkBytes;
    private const int DestinationPort = NetworkHeader + DatagramLayout.Ip4Bytes + sizeof(ushort);

    private readonly LiveDatagram _datagram = new(packet);
    private readonly LiveLookup _lookup = new();

    /// <summary>The socket; 0: there is none, or it is not known which.</summary>
    /// <param name="whyUnknown">Why it is not known; <c>null</c>: it is.</param>
    public NetworkPlace Find(out string? whyUnknown)
    {
        whyUnknown = null;
        SocketChoice choice = new() { Socket = packet.Socket };
        if (!packet.HasChosenSocket && !PassesLookup(out choice)) return default;
        if (!choice.IsMade) choice.Socket = SocketFields.WithPort(BinaryPrimitives.ReadUInt16BigEndian(packet.Bytes[DestinationPort..]));
        return choice.SkipsGroup || !SocketFields.IsInGroup(choice.Socket) ? choice.Socket : FindInGroup(out whyUnknown);
    }

    /// <summary>
    /// All programs run, each with what was chosen before it, and the packet is for nobody if one says so and none has chosen (include/linux/filter.h,
    /// 6.18, <c>BPF_PROG_SK_LOOKUP_RUN_ARRAY</c>).
    /// </summary>
    /// <param name="choice">The socket that was chosen.</param>
    private bool PassesLookup(out SocketChoice choice)
    {
        (bool passes, choice) = (true, default);
        Span<byte> context = stackalloc byte[ContextTables.SkLookup.SizeBytes];
        SkLookupContext.Fill(context, packet.Bytes[NetworkHeader..], (uint)packet.Device.Index);
        foreach (int program in attachments[NetworkPlace.Host, NetworkHook.SocketLookup])
        {
            _lookup.Choice = choice;
            if (!runs.TryRun(program, [], _lookup, context)) return false;
            SocketChoice made = runs.Memory.Machine->Choice;
            if (!IsPass()) passes = false;
            else if (made.IsMade) choice = made;
        }

        return passes || choice.IsMade;
    }

    private NetworkPlace FindInGroup(out string? whyUnknown)
    {
        whyUnknown = null;
        NetworkPlace socket = default;
        foreach (int program in attachments[NetworkPlace.First, NetworkHook.PortGroup]) // there is at most one
        {
            if (!runs.TryRun(program, packet.Bytes, _datagram) || !IsPass()) return default;
            socket = runs.Memory.Machine->Choice.Socket;
        }

        if (socket == default) whyUnknown = "a datagram for sockets that share a port, of which a hash chooses one";
        return socket;
    }

    private bool IsPass() => (uint)runs.Memory.Machine->Registers[0] == Pass;
}
