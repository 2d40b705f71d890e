using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Runs the programs of a hook on a packet that is on its way, and says what they let become of it.</summary>
/// <param name="engine">The programs, and the machine.</param>
/// <param name="budget">Instructions after which a run is ended.</param>
/// <param name="packet">The packet.</param>
/// <param name="observer">Is told of each run that returned.</param>
internal sealed unsafe class HookRunner(IMachineProgram engine, long budget, LivePacket packet, IPacketObserver observer)
{
    private const int NetworkHeader = DatagramLayout.LinkBytes;
    private const int TransportHeader = NetworkHeader + DatagramLayout.Ip4Bytes;

    /// <summary>What helpers have said, of the programs of one hook the last.</summary>
    private Redirect _redirect;

    /// <summary>Where programs run.</summary>
    public Attachments Attachments { get; } = new();

    /// <summary>Whether a program has not returned, or what it did is a machine's own: nothing follows any more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Another packet.</summary>
    public void Begin() => HasEnded = false;

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

    /// <summary>Of those that choose one of the sockets which share a port the last counts: whether the packet is for any.</summary>
    /// <param name="choice">The socket that it has chosen.</param>
    public bool PassesPortGroup(out SocketChoice choice)
    {
        const uint Pass = 1; // SK_PASS (uapi linux/bpf.h)
        choice = default;
        foreach (int program in Attachments[NetworkPlace.First, NetworkHook.PortGroup]) // there is at most one
        {
            uint result = Run(program, NetworkHook.PortGroup, TransportHeader);
            choice = engine.Memory.Machine->Choice;
            return result == Pass && !HasEnded;
        }

        return true;
    }

    /// <summary>
    /// All of them run, each with what was chosen before it, and the packet is for nobody if one says so and none has chosen (include/linux/filter.h,
    /// 6.18, <c>BPF_PROG_SK_LOOKUP_RUN_ARRAY</c>).
    /// </summary>
    /// <param name="choice">The socket that was chosen.</param>
    public bool PassesLookup(out SocketChoice choice)
    {
        const uint Pass = 1;
        (bool passes, choice) = (true, default);
        foreach (int program in Attachments[NetworkPlace.Host, NetworkHook.SocketLookup])
        {
            uint result = RunLookup(program, choice);
            if (HasEnded) return false;
            if (result != Pass) passes = false;
            else if (engine.Memory.Machine->Choice.IsMade) choice = engine.Memory.Machine->Choice;
        }

        return passes || choice.IsMade;
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
        MachineMemory memory = engine.Memory;
        packet.HiddenBytes = hiddenBytes;
        try
        {
            memory.Live = packet;
            engine.Prepare(packet.Bytes, budget, program, hook == NetworkHook.Xdp ? packet.XdpFields : default);
            memory.Machine->Redirect = _redirect;
            engine.RunPrepared();
            _redirect = memory.Machine->Redirect;
        }
        finally
        {
            memory.Live = null;
        }

        uint result = End(program);
        if (!HasEnded && hook != NetworkHook.PortGroup) packet.Follow(memory, isSkBuff: hook != NetworkHook.Xdp);
        return result;
    }

    /// <summary>The same of a program that is given no packet.</summary>
    private uint RunLookup(int program, SocketChoice choice)
    {
        Span<byte> context = stackalloc byte[ContextTables.SkLookup.SizeBytes];
        SkLookupContext.Fill(context, packet.Bytes[NetworkHeader..], (uint)packet.Device.Index);
        engine.Prepare([], budget, program, context);
        Machine* m = engine.Memory.Machine;
        m->Choice = choice;
        if (choice.IsMade) HostSocket.Show(m->Regions + Regions.Socket, choice.Socket);
        engine.RunPrepared();
        return End(program);
    }

    private uint End(int program)
    {
        MachineMemory memory = engine.Memory;
        memory.KeepsMaps = true; // another program of this packet's way finds them as this one has left them
        HasEnded = memory.Machine->Status != RunStatus.Returned || memory.Machine->VolatileFlowPc >= 0;
        if (HasEnded) return 0;
        observer.Ran(program);
        return (uint)memory.Machine->Registers[0];
    }
}
