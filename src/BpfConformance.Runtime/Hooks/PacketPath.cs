using System.Buffers.Binary;
using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// The ways of packets through the <see cref="CaseNetwork"/>: in by XDP, tc ingress, the search for a socket, the control group and the filter of the socket; and out
/// again (<see cref="PacketOutput"/>). Steps of a way return <c>null</c>, or why it is not known how the packet goes on.
/// </summary>
public sealed class PacketPath
{
    /// <summary>The most copies of its packet that a run may send.</summary>
    public const int MaxCopies = PacketOutput.MaxRedirects;

    private readonly LivePacket _packet;
    private readonly HookRunner _hooks;
    private readonly SocketSearch _search;
    private readonly IMachineProgram _engine;
    private readonly IPacketObserver _observer;
    private readonly PacketOutput _output;

    /// <param name="engine">The programs.</param>
    /// <param name="budget">Instructions after which the run of a program is ended.</param>
    /// <param name="maxBytes">The most bytes that a packet has.</param>
    /// <param name="observer">Is told what becomes of packets.</param>
    public PacketPath(IMachineProgram engine, long budget, int maxBytes, IPacketObserver observer)
    {
        (_engine, _observer) = (engine, observer);
        _packet = new LivePacket(maxBytes);
        var runs = new LiveRuns(engine, budget, observer);
        _hooks = new HookRunner(runs, _packet);
        _search = new SocketSearch(runs, _hooks.Attachments, _packet);
        _output = new PacketOutput(engine.Memory, _hooks, _packet, observer);
    }

    /// <summary>Where programs run.</summary>
    public Attachments Attachments => _hooks.Attachments;

    /// <summary>Whether a program has not returned: then the machine says why, and nothing else follows.</summary>
    public bool HasEnded => _hooks.HasEnded;

    /// <summary>A frame arrives at a device.</summary>
    public string? Arrive(NetworkPlace device, ReadOnlySpan<byte> frame)
    {
        Begin(device, frame);
        PacketAction action = _hooks.RunXdp(device);
        if (action == PacketAction.Transmit) _output.ComeOut(device);
        return GoOnAfter(action switch
        {
            PacketAction.Drop or PacketAction.Transmit => null,
            PacketAction.Redirect => _output.RedirectFrame(device),
            PacketAction.Pass => Receive(device),
        });
    }

    /// <summary>The socket of the host sends a datagram.</summary>
    /// <param name="address">To which IPv4 address.</param>
    /// <param name="port">To which port.</param>
    /// <param name="payload">What.</param>
    /// <param name="error">What the socket is told.</param>
    public string? Send(uint address, ushort port, ReadOnlySpan<byte> payload, out Errno error)
    {
        error = port == 0 ? Errno.EINVAL : Errno.None; // net/ipv4/udp.c, 6.18, udp_sendmsg: before anything else
        if (error != Errno.None) return null;
        if (NeighborWith(address) is not { } device) return "a datagram to a host that is no neighbor";
        byte[] frame = new byte[DatagramLayout.HeaderBytes + payload.Length];
        Datagram.Write(frame, CaseNetwork.DeviceAt(device), port, payload);
        Begin(device, frame);
        for (int i = 0; i < DatagramLayout.HeaderBytes; i++) _packet.Shadow[i] = DatagramLayout.IsOwn(i) ? ByteShadow.Volatile : ByteShadow.Scalar;
        PacketFields.BeginEgress(_packet);
        return GoOnAfter(_output.TakeRoute(device, out error));
    }

    private static NetworkPlace? NeighborWith(uint address)
    {
        foreach (NetworkPlace place in (ReadOnlySpan<NetworkPlace>)[NetworkPlace.Left, NetworkPlace.Right])
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(CaseNetwork.DeviceAt(place).NeighborAddress.AsSpan()) == address) return place;
        }

        return null;
    }

    private void Begin(NetworkPlace device, ReadOnlySpan<byte> frame)
    {
        _hooks.Begin();
        _output.Begin();
        _packet.Begin(frame, CaseNetwork.DeviceAt(device));
    }

    private string? GoOnAfter(string? whyUnknown)
    {
        while (whyUnknown is null && !HasEnded && _output.TryGoIn(out NetworkPlace device))
        {
            whyUnknown = PassThrough(device);
        }

        return whyUnknown;
    }

    private string? Receive(NetworkPlace device)
    {
        if (_packet.Bytes.Length < DatagramLayout.LinkBytes) return "a frame that is shorter than its header";
        PacketFields.BeginIngress(_packet);
        return PassThrough(device);
    }

    private string? PassThrough(NetworkPlace device)
    {
        if (_packet.Shadow[..DatagramLayout.LinkBytes].ContainsAnyExcept(ByteShadow.Scalar)) return "a frame with a header that is a machine's own";
        if (PacketTags.IsUnknown(_packet)) return "a frame with a tag that is a machine's own";
        if (!PacketTags.TryTakeOut(_packet)) return null;
        PacketFields.BeginTc(_packet, isIngress: true);
        PacketAction action = _hooks.RunTc(device, NetworkHook.TcIngress);
        return _output.SendClones() ?? action switch
        {
            PacketAction.Drop or PacketAction.Transmit => null,
            PacketAction.Redirect => _output.RedirectPacket(),
            PacketAction.Pass => Deliver(),
        };
    }

    private string? Deliver()
    {
        if (_packet.IsRearranged) return "a packet whose network header is not where it was";
        if (PacketTags.IsUnknown(_packet)) return "a frame with a tag that is a machine's own";
        if (!PacketTags.TryStrip(_packet)) return null;
        LocalDelivery host = LocalDelivery.ToHost(_packet.Bytes, _packet.Shadow, _packet[PacketFields.PacketType], (ushort)_packet[PacketFields.Protocol]);
        if (host.Bytes == 0) return host.WhyUnknown;
        _packet.Trim(host.Bytes);
        if (!_packet.HasChosenSocket) _packet.Orphan();
        RouteAction action = _hooks.RunRoute(LocalDelivery.RouteOf(_packet.Bytes), NetworkHook.RouteIn);
        if (action == RouteAction.Reroute) return "a packet that looks for a route anew";
        return action == RouteAction.Pass ? DeliverToSocket() : null;
    }

    private string? DeliverToSocket()
    {
        LocalDelivery delivery = LocalDelivery.ToSocket(_packet.Bytes);
        if (delivery.Bytes == 0) return delivery.WhyUnknown;
        _packet.Trim(delivery.Bytes);
        NetworkPlace socket = _search.Find(out string? whyUnknown);
        if (socket == default) return whyUnknown;
        PacketFields.SetSocket(_packet, socket);
        if (!_hooks.PassesGroup(NetworkHook.GroupIngress, out _) || (socket == NetworkPlace.Receiver && !_hooks.PassesFilter())) return null;
        if (_engine.Memory.Sockets[socket].State is { } state && (state.Reader is not null || state.Programs.HasVerdict)) return "a datagram to a socket with a program that decides on what it receives";
        Range payload = DatagramLayout.HeaderBytes..;
        _observer.CameOut(socket, _packet.Bytes[payload], _packet.Shadow[payload]);
        return null;
    }
}
