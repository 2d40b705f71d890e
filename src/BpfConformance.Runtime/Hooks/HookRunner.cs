using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Runs the programs of a hook on a packet that is on its way, and says what they let become of it.</summary>
/// <param name="runs">The programs.</param>
/// <param name="packet">The packet.</param>
internal sealed unsafe class HookRunner(LiveRuns runs, LivePacket packet)
{
    private const int NetworkHeader = DatagramLayout.LinkBytes;
    private const int TransportHeader = NetworkHeader + DatagramLayout.Ip4Bytes;

    /// <summary>What helpers have said, of the programs of one hook the last.</summary>
    private Redirect _redirect;

    private readonly PacketClones _clones = new(runs.Memory, packet);

    /// <summary>Where programs run.</summary>
    public Attachments Attachments { get; } = new();

    /// <inheritdoc cref="LiveRuns.HasEnded"/>
    public bool HasEnded => runs.HasEnded;

    /// <summary>Another packet.</summary>
    public void Begin()
    {
        runs.Begin();
        _clones.TakeAll();
    }

    /// <summary>Copies of the packet that programs have sent since the last call.</summary>
    public (LivePacket Packet, Redirect Redirect)[] TakeClones() => _clones.TakeAll();

    public PacketAction RunXdp(NetworkPlace device)
    {
        foreach (int program in Attachments[device, NetworkHook.Xdp]) return RunXdp(program); // there is at most one
        return PacketAction.Pass;
    }

    /// <summary>The same of one program; 0 and what is no action drop the packet.</summary>
    public PacketAction RunXdp(int program)
    {
        const uint Pass = 2, Transmit = 3, Redirect = 4; // XDP_* (uapi linux/bpf.h)
        _redirect = default;
        return Run(program, NetworkHook.Xdp, hiddenBytes: 0) switch
        {
            Pass => PacketAction.Pass,
            Transmit => PacketAction.Transmit,
            Redirect => PacketAction.Redirect,
            _ => PacketAction.Drop,
        };
    }

    /// <summary>
    /// The first program decides that does not leave it to the next; a code that means nothing lets the packet pass, too (net/core/dev.c, 6.18,
    /// <c>tcx_run</c>).
    /// </summary>
    public PacketAction RunTc(NetworkPlace device, NetworkHook hook)
    {
        _redirect = default;
        packet.IsAtIngress = hook == NetworkHook.TcIngress;
        foreach (int program in Attachments[device, hook])
        {
            const uint Next = uint.MaxValue, Pass = 0, Drop = 2, Redirect = 7; // TCX_* (uapi linux/bpf.h)
            uint code = Run(program, hook, hiddenBytes: 0);
            if (HasEnded || code == Drop) return PacketAction.Drop;
            if (code == Redirect) return PacketAction.Redirect;
            if (code == Next) continue;
            if (code == Pass) PacketFields.KeepClass(packet);
            break;
        }

        return PacketAction.Pass;
    }

    /// <summary>All programs of the control group run, whatever the first says (kernel/bpf/cgroup.c, 6.18, <c>bpf_prog_run_array_cg</c>).</summary>
    /// <param name="hook">On which way.</param>
    /// <param name="isCongested">Whether one tells of congestion.</param>
    public bool PassesGroup(NetworkHook hook, out bool isCongested)
    {
        const uint Allow = 1, Congestion = 2;
        (bool passes, isCongested) = (true, false);
        foreach (int program in Attachments[NetworkPlace.Group, hook])
        {
            PacketFields.ClearControlBlock(packet);
            uint result = Run(program, hook, NetworkHeader);
            if (HasEnded) return false;
            PacketFields.ClearControlBlock(packet); // what was there before is put back
            passes &= (result & Allow) != 0;
            isCongested |= (result & Congestion) != 0;
        }

        return passes;
    }

    /// <summary>Without a program a packet takes its route; only one that sees what leaves may send it elsewhere (net/core/lwt_bpf.c, 6.18).</summary>
    public RouteAction RunRoute(NetworkPlace device, NetworkHook hook)
    {
        const uint Ok = 0, Drop = 2, Redirect = 7, Reroute = 128; // BPF_* (uapi linux/bpf.h, enum bpf_ret_code)
        _redirect = default;
        foreach (int program in Attachments[device, hook]) // there is at most one
        {
            PacketFields.ClearControlBlock(packet);
            uint code = Run(program, hook, NetworkHeader);
            if (HasEnded) return RouteAction.Drop;
            PacketFields.ClearControlBlock(packet); // what was there before is put back
            return code switch
            {
                Ok => RouteAction.Pass,
                Drop => RouteAction.Drop,
                Redirect => hook == NetworkHook.RouteTransmit ? RouteAction.Redirect : RouteAction.Pass,
                Reroute => hook == NetworkHook.RouteOut ? RouteAction.Pass : RouteAction.Reroute,
                _ => RouteAction.Refuse,
            };
        }

        return RouteAction.Pass;
    }

    /// <summary>r0 says how much of the packet goes on; its header is never cut (net/ipv4/udp.c, 6.18, <c>udp_queue_rcv_one_skb</c>).</summary>
    public bool PassesFilter()
    {
        foreach (int program in Attachments[NetworkPlace.Receiver, NetworkHook.SocketFilter]) // there is at most one
        {
            PacketFields.ClearControlBlock(packet);
            uint bytes = Run(program, NetworkHook.SocketFilter, TransportHeader);
            if (HasEnded || bytes == 0) return false;
            packet.Trim((int)Math.Min(packet.Bytes.Length, TransportHeader + (long)Math.Max(bytes, DatagramLayout.UdpBytes)));
        }

        return true;
    }

    /// <summary>The 32 bits of r0 that a hook takes; 0 when the program has not returned.</summary>
    private uint Run(int program, NetworkHook hook, int hiddenBytes)
    {
        packet.HiddenBytes = hiddenBytes;
        _clones.Begin();
        bool hasReturned = runs.TryRun(program, packet.Bytes, packet, hook == NetworkHook.Xdp ? packet.XdpFields : default, _redirect);
        _clones.End();
        if (!hasReturned) return 0;
        Machine* m = runs.Memory.Machine;
        _redirect = m->Redirect;
        packet.Follow(runs.Memory, isSkBuff: hook != NetworkHook.Xdp);
        return (uint)m->Registers[0];
    }
}
