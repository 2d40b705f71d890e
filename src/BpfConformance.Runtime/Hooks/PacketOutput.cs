using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// The ways out: by the route of what the host sends, by tc egress onto a wire, and to where programs send packets and copies of them. Steps of a way return
/// <c>null</c>, or why it is not known how the packet goes on.
/// </summary>
/// <param name="memory">The machine of the programs.</param>
/// <param name="hooks">Runs them.</param>
/// <param name="packet">The packet.</param>
/// <param name="observer">Is told what comes out.</param>
internal sealed class PacketOutput(MachineMemory memory, HookRunner hooks, LivePacket packet, IPacketObserver observer)
{
    /// <summary>The kernel would go on for much longer, but not for ever.</summary>
    public const int MaxRedirects = 8;

    /// <summary>What has been sent into a device, and is looked at when the packet before it is done with (net/core/dev.c, 6.18, <c>netif_rx</c>).</summary>
    private readonly Queue<(NetworkPlace Device, LivePacket Packet)> _backlog = [];
    private int _redirects;

    /// <summary>Another packet.</summary>
    public void Begin()
    {
        _redirects = 0;
        _backlog.Clear();
    }

    /// <summary>Whether something goes in that has been sent into a device: then it is the packet.</summary>
    public bool TryGoIn(out NetworkPlace device)
    {
        bool isThere = _backlog.TryDequeue(out (NetworkPlace Device, LivePacket Packet) next);
        if (isThere) packet.Become(next.Packet);
        device = next.Device;
        return isThere;
    }

    /// <summary>What the host sends takes the route to the neighbor of a device.</summary>
    /// <param name="device">By which it leaves.</param>
    /// <param name="error">What the socket is told.</param>
    public string? TakeRoute(NetworkPlace device, out Errno error)
    {
        packet.LoseLink();
        error = ErrorOf(hooks.RunRoute(device, NetworkHook.RouteOut));
        if (error != Errno.None) return null;
        PacketFields.SetDevice(packet);
        if (!hooks.PassesGroup(NetworkHook.GroupEgress, out bool isCongested))
        {
            error = isCongested ? Errno.None : Errno.EPERM; // of congestion a socket for datagrams is not told
            return null;
        }

        RouteAction action = hooks.RunRoute(device, NetworkHook.RouteTransmit);
        error = ErrorOf(action);
        return SendClones() ?? action switch
        {
            RouteAction.Drop or RouteAction.Refuse => null,
            RouteAction.Redirect => RedirectFromRoute(),
            RouteAction.Reroute => "a packet that looks for a route anew",
            RouteAction.Pass when packet.IsRearranged || packet.HasTunnel => "a packet whose link header follows from what was sent before",
            RouteAction.Pass when !NeighborOutput.IsFor(packet, CaseNetwork.DeviceAt(device)) => "a packet for another neighbor than that of its route",
            RouteAction.Pass => GetLink(device),
        };
    }

    /// <summary>To wires alone, past the hooks of tc; each gets the frame as it is, or as the program of its entry makes it.</summary>
    public string? RedirectFrame(NetworkPlace ingress)
    {
        ImmutableArray<RedirectTarget> targets = RedirectTarget.OfXdp(memory, ingress, out string? whyUnknown);
        foreach (RedirectTarget target in targets)
        {
            if (target.Program >= 0 && targets.Length > 1) return "a frame that goes to several devices, and to a program at one of them";
            if (target.Program >= 0 && !PassesEntry(target)) return null;
            ComeOut(target.Device);
        }

        return whyUnknown;
    }

    /// <summary>To a device: out by it, or in as if it had arrived there (net/core/filter.c, 6.18, <c>skb_do_redirect</c>).</summary>
    public unsafe string? RedirectPacket()
    {
        Redirect redirect = memory.Machine->Redirect;
        if (redirect.Kind is RedirectKind.None or RedirectKind.Peer) return null; // no device here has a peer
        if (WhyNotFollowed(redirect) is { } whyUnknown) return whyUnknown;
        if (RedirectTarget.DeviceWith(redirect.Index) is not { } target) return null;
        if (redirect.Kind is not RedirectKind.Device)
        {
            NeighborOutput output = NeighborOutput.Of(packet, CaseNetwork.DeviceAt(target), redirect);
            if (!output.IsSent) return output.WhyUnknown;
            output.Write(packet);
        }

        MoveTo(target, packet, redirect.GoesIn);
        if (!redirect.GoesIn) return Transmit(target);
        _backlog.Enqueue((target, packet.Copy()));
        return null;
    }

    /// <summary>Those that go out are on a wire before the program goes on that has sent them.</summary>
    public string? SendClones()
    {
        foreach ((LivePacket clone, Redirect redirect) in hooks.TakeClones())
        {
            if (WhyNotFollowed(redirect) is { } whyUnknown) return whyUnknown;
            NetworkPlace target = RedirectTarget.DeviceWith(redirect.Index)!.Value; // the helper has seen to it that there is one
            if (!redirect.GoesIn && hooks.Attachments[target, NetworkHook.TcEgress].Count > 0) return "a copy that meets programs while the one that sends it is running";
            MoveTo(target, clone, redirect.GoesIn);
            if (redirect.GoesIn) _backlog.Enqueue((target, clone));
            else ComeOut(target, clone);
        }

        return null;
    }

    /// <summary>It is on a wire.</summary>
    public void ComeOut(NetworkPlace device) => ComeOut(device, packet);

    private static Errno ErrorOf(RouteAction action) => action switch
    {
        RouteAction.Drop => Errno.EPERM,
        RouteAction.Refuse => Errno.EINVAL,
        RouteAction.Pass or RouteAction.Redirect or RouteAction.Reroute => Errno.None,
    };

    private string? GetLink(NetworkPlace device)
    {
        packet.GetLink();
        return Transmit(device);
    }

    /// <summary>With the link header that the program has put before it; without one it goes nowhere.</summary>
    private string? RedirectFromRoute() => packet.TryBeginAtLink() ? RedirectPacket() : null;

    private string? Transmit(NetworkPlace device)
    {
        PacketFields.BeginTc(packet, isIngress: false);
        PacketAction action = hooks.RunTc(device, NetworkHook.TcEgress);
        if (SendClones() is { } whyUnknown) return whyUnknown;
        if (action == PacketAction.Pass) ComeOut(device);
        return action == PacketAction.Redirect ? RedirectPacket() : null;
    }

    private bool PassesEntry(RedirectTarget target)
    {
        packet.SetEgress(CaseNetwork.DeviceAt(target.Device));
        return hooks.RunXdp(target.Program) == PacketAction.Pass;
    }

    private string? WhyNotFollowed(Redirect redirect)
    {
        const uint Loopback = CaseNetwork.Loopback;
        return redirect.Index == Loopback ? "a redirect to the loopback device"
            : ++_redirects > MaxRedirects ? $"packets that are redirected more than {MaxRedirects} times"
            : null;
    }

    private void ComeOut(NetworkPlace device, LivePacket packet)
    {
        PacketTags.PutIn(packet);
        observer.CameOut(device, packet.Bytes, packet.Shadow);
    }

    private static void MoveTo(NetworkPlace device, LivePacket packet, bool goesIn)
    {
        packet.Device = CaseNetwork.DeviceAt(device);
        PacketFields.MoveTo(packet, goesIn);
    }
}
