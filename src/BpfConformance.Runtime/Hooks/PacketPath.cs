using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// The ways of packets through the <see cref="CaseNetwork"/>: in by XDP, tc ingress, the control group and the filter of the socket; out by the
/// control group and tc egress. Steps of a way return <c>null</c>, or why it is not known how the packet goes on.
/// </summary>
/// <param name="engine">The programs.</param>
/// <param name="budget">Instructions after which the run of a program is ended.</param>
/// <param name="maxBytes">The most bytes that a packet has.</param>
/// <param name="observer">Is told what becomes of packets.</param>
public sealed class PacketPath(IMachineProgram engine, long budget, int maxBytes, IPacketObserver observer)
{
    private const int NetworkHeader = Datagram.LinkBytes;
    private const int TransportHeader = NetworkHeader + Datagram.Ip4Bytes;

    /// <summary>The kernel would go on for much longer, but not for ever.</summary>
    private const int MaxRedirects = 4;

    private readonly LivePacket _packet = new(maxBytes);
    private readonly HookRunner _runner = new(engine, budget, observer);
    private int _redirects;

    /// <summary>What a program of XDP, or of tc, lets become of a packet.</summary>
    private enum Action
    {
        Drop,
        Pass,
        Transmit,
        Redirect,
    }

    /// <summary>Where programs run.</summary>
    public Attachments Attachments { get; } = new();

    /// <summary>Whether a program has not returned: then the machine says why, and nothing else follows.</summary>
    public bool HasEnded => _runner.HasEnded;

    /// <summary>A frame arrives at a device.</summary>
    public string? Arrive(NetworkPlace device, ReadOnlySpan<byte> frame)
    {
        Begin(device, frame);
        Action action = RunXdp(device);
        if (action == Action.Transmit) ComeOut(device);
        return action switch
        {
            Action.Drop or Action.Transmit => null,
            Action.Redirect => RedirectFrame(device),
            Action.Pass when _packet.MetaBytes > 0 => "metadata that goes on into the stack",
            Action.Pass => Receive(device),
        };
    }

    /// <summary>The socket of the host sends a datagram.</summary>
    /// <param name="address">To which IPv4 address.</param>
    /// <param name="port">To which port.</param>
    /// <param name="payload">What.</param>
    /// <param name="isRefused">Whether the socket is told that it may not (EPERM).</param>
    public string? Send(uint address, ushort port, ReadOnlySpan<byte> payload, out bool isRefused)
    {
        isRefused = false;
        if (NeighborWith(address) is not { } device) return "a datagram to a host that is no neighbor";
        byte[] frame = new byte[TransportHeader + Datagram.UdpBytes + payload.Length];
        Datagram.Write(frame, DeviceAt(device), port, payload);
        Begin(device, frame);
        foreach (Range own in Datagram.OwnBytes) _packet.Shadow[own].Fill(ByteShadow.Volatile);
        PacketFields.BeginEgress(_packet);
        bool passes = PassesGroup(NetworkHook.GroupEgress, out bool isCongested);
        isRefused = !passes && !isCongested && !HasEnded; // of congestion a socket for datagrams is not told
        return passes ? Transmit(device) : null;
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
        _runner.Begin();
        _redirects = 0;
        _packet.Begin(frame, DeviceAt(device));
    }

    private string? Receive(NetworkPlace device)
    {
        if (_packet.Bytes.Length < Datagram.LinkBytes) return "a frame that is shorter than its header";
        PacketFields.BeginIngress(_packet);
        return PassThrough(device);
    }

    private string? PassThrough(NetworkPlace device)
    {
        if ((ushort)_packet[PacketFields.Protocol] is EtherTypes.CustomerTag or EtherTypes.ServiceTag) return "a frame with a tag";
        return RunTc(device, NetworkHook.TcIngress) switch
        {
            Action.Drop or Action.Transmit => null,
            Action.Redirect => RedirectPacket(device),
            Action.Pass => Deliver(),
        };
    }

    private string? Deliver()
    {
        LocalDelivery delivery = LocalDelivery.Of(_packet.Bytes, _packet[PacketFields.PacketType], (ushort)_packet[PacketFields.Protocol]);
        if (delivery.Bytes == 0) return delivery.WhyUnknown;
        _packet.Trim(delivery.Bytes);
        PacketFields.SetSocket(_packet);
        if (!PassesGroup(NetworkHook.GroupIngress, out _) || !PassesFilter()) return null;
        Range payload = (TransportHeader + Datagram.UdpBytes)..;
        observer.CameOut(NetworkPlace.Receiver, _packet.Bytes[payload], _packet.Shadow[payload]);
        return null;
    }

    private string? Transmit(NetworkPlace device)
    {
        Action action = RunTc(device, NetworkHook.TcEgress);
        if (action == Action.Pass) ComeOut(device);
        return action == Action.Redirect ? RedirectPacket(device) : null;
    }

    /// <summary>To wires alone, past the hooks of tc; each gets the frame as it is, or as the program of its entry makes it.</summary>
    private string? RedirectFrame(NetworkPlace ingress)
    {
        ImmutableArray<RedirectTarget> targets = RedirectTarget.OfXdp(engine.Memory, ingress, out string? whyUnknown);
        byte[] frame = _packet.Bytes.ToArray();
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
        return ActionOfXdp(Run(target.Program, NetworkHook.Xdp, hiddenBytes: 0)) == Action.Pass;
    }

    /// <summary>To a device: out by it, or in as if it had arrived there (net/core/filter.c, 6.18, <c>skb_do_redirect</c>).</summary>
    private unsafe string? RedirectPacket(NetworkPlace device)
    {
        const ulong Ingress = 1; // BPF_F_INGRESS
        const uint Loopback = CaseNetwork.Loopback;
        Redirect redirect = engine.Memory.Machine->Redirect;
        if (redirect.Kind is RedirectKind.None or RedirectKind.Peer) return null; // no device here has a peer
        if (redirect.Index == Loopback) return "a redirect to the loopback device";
        if (RedirectTarget.DeviceWith(redirect.Index) is not { } target) return null;
        if (redirect.Kind is not RedirectKind.Device) return "a redirect to a neighbor";
        if (++_redirects > MaxRedirects) return $"a packet that is redirected more than {MaxRedirects} times";
        bool goesIn = (redirect.Flags & Ingress) != 0;
        _packet.Device = DeviceAt(target);
        PacketFields.MoveTo(_packet, goesIn);
        return goesIn ? PassThrough(target) : Transmit(target);
    }

    private Action RunXdp(NetworkPlace device)
    {
        foreach (int program in Attachments[device, NetworkHook.Xdp]) // at most one
        {
            return ActionOfXdp(Run(program, NetworkHook.Xdp, hiddenBytes: 0));
        }

        return Action.Pass;
    }

    private static Action ActionOfXdp(uint code) => code switch
    {
        2 => Action.Pass, // XDP_PASS, XDP_TX, XDP_REDIRECT (uapi linux/bpf.h)
        3 => Action.Transmit,
        4 => Action.Redirect,
        _ => Action.Drop,
    };

    /// <summary>The first program decides that does not leave it to the next; a code that means nothing lets the packet pass, too.</summary>
    private Action RunTc(NetworkPlace device, NetworkHook hook)
    {
        foreach (int program in Attachments[device, hook])
        {
            const uint Next = uint.MaxValue, Pass = 0, Drop = 2, Redirect = 7; // TCX_* (uapi linux/bpf.h)
            uint code = Run(program, hook, hiddenBytes: 0);
            if (HasEnded || code == Drop) return Action.Drop;
            if (code == Redirect) return Action.Redirect;
            if (code == Next) continue;
            if (code == Pass) PacketFields.KeepClass(_packet);
            break;
        }

        return Action.Pass;
    }

    /// <summary>All programs run, whatever the first says (kernel/bpf/cgroup.c, 6.18, <c>bpf_prog_run_array_cg</c>).</summary>
    private bool PassesGroup(NetworkHook hook, out bool isCongested)
    {
        const uint Allow = 1, Congestion = 2;
        (bool passes, isCongested) = (true, false);
        foreach (int program in Attachments[NetworkPlace.Group, hook])
        {
            PacketFields.ClearControlBlock(_packet);
            uint result = Run(program, hook, NetworkHeader);
            if (HasEnded) return false;
            PacketFields.ClearControlBlock(_packet); // what was there before is put back
            passes &= (result & Allow) != 0;
            isCongested |= (result & Congestion) != 0;
        }

        return passes;
    }

    /// <summary>r0 says how much of the packet goes on; its header is never cut (net/ipv4/udp.c, 6.18, <c>udp_queue_rcv_one_skb</c>).</summary>
    private bool PassesFilter()
    {
        foreach (int program in Attachments[NetworkPlace.Receiver, NetworkHook.SocketFilter]) // at most one
        {
            PacketFields.ClearControlBlock(_packet);
            uint bytes = Run(program, NetworkHook.SocketFilter, TransportHeader);
            if (HasEnded || bytes == 0) return false;
            _packet.Trim((int)Math.Min(_packet.Bytes.Length, TransportHeader + (long)Math.Max(bytes, Datagram.UdpBytes)));
        }

        return true;
    }

    private uint Run(int program, NetworkHook hook, int hiddenBytes)
    {
        _packet.HiddenBytes = hiddenBytes;
        return _runner.Run(program, _packet, hook);
    }

    private void ComeOut(NetworkPlace device) => observer.CameOut(device, _packet.Bytes, _packet.Shadow);
}
