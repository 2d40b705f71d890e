using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// The ways of packets through the <see cref="CaseNetwork"/>: in by XDP, tc ingress, the search for a socket, the control group and the filter of the socket; out by the
/// control group and tc egress. Steps of a way return <c>null</c>, or why it is not known how the packet goes on.
/// </summary>
public sealed class PacketPath
{
    /// <summary>The kernel would go on for much longer, but not for ever.</summary>
    private const int MaxRedirects = 8;

    private readonly LivePacket _packet;
    private readonly HookRunner _hooks;
    private readonly SocketSearch _search;
    private readonly IMachineProgram _engine;
    private readonly IPacketObserver _observer;

    /// <summary>What has been sent into a device, and is looked at when the packet before it is done with (net/core/dev.c, 6.18, <c>netif_rx</c>).</summary>
    private readonly Queue<(NetworkPlace Device, LivePacket Packet)> _backlog = [];
    private int _redirects;

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
        if (action == PacketAction.Transmit) ComeOut(device);
        return GoOnAfter(action switch
        {
            PacketAction.Drop or PacketAction.Transmit => null,
            PacketAction.Redirect => RedirectFrame(device),
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
        error = Errno.None;
        if (NeighborWith(address) is not { } device) return "a datagram to a host that is no neighbor";
        byte[] frame = new byte[DatagramLayout.HeaderBytes + payload.Length];
        Datagram.Write(frame, DeviceAt(device), port, payload);
        Begin(device, frame);
        for (int i = 0; i < DatagramLayout.HeaderBytes; i++) _packet.Shadow[i] = DatagramLayout.IsOwn(i) ? ByteShadow.Volatile : ByteShadow.Scalar;
        PacketFields.BeginEgress(_packet);
        return GoOnAfter(TakeRoute(device, out error));
    }

    private static NetworkDevice DeviceAt(NetworkPlace place) => CaseNetwork.Devices[(int)place];

    private static NetworkPlace? NeighborWith(uint address)
    {
        foreach (NetworkPlace place in (ReadOnlySpan<NetworkPlace>)[NetworkPlace.Left, NetworkPlace.Right])
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(DeviceAt(place).NeighborAddress.AsSpan()) == address) return place;
        }

        return null;
    }

    private void Begin(NetworkPlace device, ReadOnlySpan<byte> frame)
    {
        _hooks.Begin();
        _redirects = 0;
        _backlog.Clear();
        _packet.Begin(frame, DeviceAt(device));
    }

    private string? TakeRoute(NetworkPlace device, out Errno error)
    {
        _packet.LoseLink();
        error = ErrorOf(_hooks.RunRoute(device, NetworkHook.RouteOut));
        if (error != Errno.None) return null;
        PacketFields.SetDevice(_packet);
        if (!_hooks.PassesGroup(NetworkHook.GroupEgress, out bool isCongested))
        {
            error = isCongested ? Errno.None : Errno.EPERM; // of congestion a socket for datagrams is not told
            return null;
        }

        RouteAction action = _hooks.RunRoute(device, NetworkHook.RouteTransmit);
        error = ErrorOf(action);
        return SendClones() ?? action switch
        {
            RouteAction.Drop or RouteAction.Refuse => null,
            RouteAction.Redirect => RedirectFromRoute(),
            RouteAction.Reroute => "a packet that looks for a route anew",
            RouteAction.Pass when _packet.IsRearranged || _packet.HasTunnel => "a packet whose link header follows from what was sent before",
            RouteAction.Pass => GetLink(device),
        };
    }

    private static Errno ErrorOf(RouteAction action) => action switch
    {
        RouteAction.Drop => Errno.EPERM,
        RouteAction.Refuse => Errno.EINVAL,
        RouteAction.Pass or RouteAction.Redirect or RouteAction.Reroute => Errno.None,
    };

    private string? GetLink(NetworkPlace device)
    {
        _packet.GetLink();
        return Transmit(device);
    }

    /// <summary>With the link header that the program has put before it; without one it goes nowhere.</summary>
    private string? RedirectFromRoute() => _packet.TryBeginAtLink() ? RedirectPacket() : null;

    private string? GoOnAfter(string? whyUnknown)
    {
        while (whyUnknown is null && !HasEnded && _backlog.TryDequeue(out (NetworkPlace Device, LivePacket Packet) next))
        {
            _packet.Become(next.Packet);
            whyUnknown = PassThrough(next.Device);
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
        return SendClones() ?? action switch
        {
            PacketAction.Drop or PacketAction.Transmit => null,
            PacketAction.Redirect => RedirectPacket(),
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

    private string? Transmit(NetworkPlace device)
    {
        PacketFields.BeginTc(_packet, isIngress: false);
        PacketAction action = _hooks.RunTc(device, NetworkHook.TcEgress);
        if (SendClones() is { } whyUnknown) return whyUnknown;
        if (action == PacketAction.Pass) ComeOut(device);
        return action == PacketAction.Redirect ? RedirectPacket() : null;
    }

    /// <summary>To wires alone, past the hooks of tc; each gets the frame as it is, or as the program of its entry makes it.</summary>
    private string? RedirectFrame(NetworkPlace ingress)
    {
        ImmutableArray<RedirectTarget> targets = RedirectTarget.OfXdp(_engine.Memory, ingress, out string? whyUnknown);
        foreach (RedirectTarget target in targets)
        {
            if (target.Program >= 0 && targets.Length > 1) return "a frame that goes to several devices, and to a program at one of them";
            if (target.Program >= 0 && !PassesEntry(target)) return null;
            ComeOut(target.Device);
        }

        return whyUnknown;
    }

    private bool PassesEntry(RedirectTarget target)
    {
        _packet.SetEgress(DeviceAt(target.Device));
        return _hooks.RunXdp(target.Program) == PacketAction.Pass;
    }

    /// <summary>To a device: out by it, or in as if it had arrived there (net/core/filter.c, 6.18, <c>skb_do_redirect</c>).</summary>
    private unsafe string? RedirectPacket()
    {
        Redirect redirect = _engine.Memory.Machine->Redirect;
        if (redirect.Kind is RedirectKind.None or RedirectKind.Peer) return null; // no device here has a peer
        if (WhyNotFollowed(redirect) is { } whyUnknown) return whyUnknown;
        if (RedirectTarget.DeviceWith(redirect.Index) is not { } target) return null;
        if (redirect.Kind is not RedirectKind.Device)
        {
            NeighborOutput output = NeighborOutput.Of(_packet, DeviceAt(target), redirect);
            if (!output.IsSent) return output.WhyUnknown;
            output.Write(_packet);
        }

        MoveTo(target, _packet, redirect.GoesIn);
        if (!redirect.GoesIn) return Transmit(target);
        _backlog.Enqueue((target, _packet.Copy()));
        return null;
    }

    /// <summary>Those that go out are on a wire before the program goes on that has sent them.</summary>
    private string? SendClones()
    {
        foreach ((LivePacket clone, Redirect redirect) in _hooks.TakeClones())
        {
            if (WhyNotFollowed(redirect) is { } whyUnknown) return whyUnknown;
            NetworkPlace target = RedirectTarget.DeviceWith(redirect.Index)!.Value; // the helper has seen to it that there is one
            if (!redirect.GoesIn && Attachments[target, NetworkHook.TcEgress].Count > 0) return "a copy that meets programs while the one that sends it is running";
            MoveTo(target, clone, redirect.GoesIn);
            if (redirect.GoesIn) _backlog.Enqueue((target, clone));
            else ComeOut(target, clone);
        }

        return null;
    }

    private string? WhyNotFollowed(Redirect redirect)
    {
        const uint Loopback = CaseNetwork.Loopback;
        return redirect.Index == Loopback ? "a redirect to the loopback device"
            : ++_redirects > MaxRedirects ? $"packets that are redirected more than {MaxRedirects} times"
            : null;
    }

    private static void MoveTo(NetworkPlace device, LivePacket packet, bool goesIn)
    {
        packet.Device = DeviceAt(device);
        PacketFields.MoveTo(packet, goesIn);
    }

    private void ComeOut(NetworkPlace device) => ComeOut(device, _packet);

    private void ComeOut(NetworkPlace device, LivePacket packet)
    {
        PacketTags.PutIn(packet);
        _observer.CameOut(device, packet.Bytes, packet.Shadow);
    }
}
