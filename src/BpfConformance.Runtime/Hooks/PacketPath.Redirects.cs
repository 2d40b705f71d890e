using System.Collections.Immutable;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Where packets, and copies of them, are sent by programs.</summary>
public sealed partial class PacketPath
{
    /// <summary>With the link header that the program has put before it; without one it goes nowhere.</summary>
    private string? RedirectFromRoute() => _packet.TryBeginAtLink() ? RedirectPacket() : null;

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
}
