using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>Takes the steps of a case in the private network; on its thread.</summary>
internal sealed class NetworkRun : IDisposable
{
    private readonly PrivateNetwork _network;
    private readonly BpfProgram _programs;
    private readonly HookLinks _links;
    private readonly byte[] _payload = new byte[ushort.MaxValue];
    private bool _hasWritten;

    /// <exception cref="TargetException">There is no control group or a socket is missing, or the host would answer.</exception>
    public NetworkRun(PrivateNetwork network, BpfProgram programs, bool isConnected)
    {
        (_network, _programs) = (network, programs);
        network.CheckSilent();
        _ = network.Group; // before the sockets, which belong to it
        Sockets = new HostSockets(isConnected);
        _links = new HookLinks(network, Sockets);
    }

    /// <summary>Those of the host.</summary>
    public HostSockets Sockets { get; }

    /// <summary>Takes one step and records what came of it, the results of programs apart.</summary>
    /// <param name="step">Which.</param>
    /// <param name="programs">The programs that are attached, by index.</param>
    /// <param name="maps">The maps that they are attached to, by index.</param>
    /// <param name="fate">Takes the packets that come out.</param>
    /// <returns>What the step answers; negative: a negated errno.</returns>
    public long Take(NetworkStep step, FileDescriptor[] programs, CaseMaps maps, ref PacketFate fate)
    {
        if (step is AttachStep attach) return -Take(attach, programs);
        if (step is MapAttachStep toMap) return -Take(toMap, programs, maps);
        DropWhatIsLeft();
        long result = step switch
        {
            ArriveStep arrive => -_network.DeviceAt(arrive.Device).Write(arrive.Frame.Span),
            SendStep send => -(Sockets[NetworkPlace.Receiver].Send(InternetAddress.Of(send.Address, send.Port), send.Payload.Span)?.Errno ?? 0),
            ConnectStep => Connect(),
            WriteStep write => Write(write),
            _ => -(long)Errno.EINVAL,
        };
        Collect(ref fate);
        return result;
    }

    /// <summary>Whether bytes have come out of the connection that no step has read: after each it should be empty.</summary>
    /// <param name="waits">Whether to wait for them.</param>
    public bool HasMoreBytes(bool waits) => _hasWritten && StreamReading.HasMore(Sockets.Connection!, waits);

    public void Dispose()
    {
        _links.Dispose();
        Sockets.Dispose();
    }

    private int Take(AttachStep step, FileDescriptor[] programs)
    {
        NetworkHook hook = NetworkHooks.Find(_programs[step.Program], step.Place)!.Value; // such steps are read
        return step.IsDetached
            ? _links.Detach(step.Program, step.Place, hook)
            : _links.Attach(step.Program, programs[step.Program], step.Place, hook);
    }

    private int Take(MapAttachStep step, FileDescriptor[] programs, CaseMaps maps)
    {
        var attributes = new ProgAttachAttributes
        {
            TargetFd = maps[step.Map].Fd,
            ProgFd = programs[step.Program].Number,
            AttachType = (uint)AttachTypeOf(StreamHooks.Find(_programs[step.Program])!.Value), // such steps are read
        };
        return Math.Max(-Bpf.Call(step.IsDetached ? BpfCommand.ProgDetach : BpfCommand.ProgAttach, ref attributes), 0);
    }

    private long Connect()
    {
        Sockets.Connect();
        return 0;
    }

    private static AttachType AttachTypeOf(StreamHook hook) => hook switch
    {
        StreamHook.Message => AttachType.SkMsgVerdict,
        StreamHook.Parser => AttachType.SkSkbStreamParser,
        StreamHook.Verdict => AttachType.SkSkbStreamVerdict,
        StreamHook.PacketVerdict => AttachType.SkSkbVerdict,
    };

    /// <summary>
    /// A thread takes the memory of what it sends from a page of its own, and goes on where it ended (net/core/sock.c, 6.18, <c>sk_page_frag</c>): what
    /// a new one sends lies in one piece.
    /// </summary>
    private long Write(WriteStep step)
    {
        _hasWritten = true;
        long taken = 0;
        var thread = new Thread(() => taken = Sockets.Connection![step.Socket].Write(step.Payload.Span));
        thread.Start();
        thread.Join();
        return taken;
    }

    /// <summary>Others have sent by these devices, and to these sockets.</summary>
    private void DropWhatIsLeft()
    {
        foreach (TapDevice device in _network.Devices)
        {
            while (!device.Read().IsEmpty)
            {
            }
        }

        foreach (NetworkPlace place in Sockets.Places)
        {
            while (Sockets[place].Receive(_payload, out _) is null)
            {
            }
        }
    }

    /// <summary>Whatever has come out has done so before the call returned that caused it.</summary>
    private void Collect(ref PacketFate fate)
    {
        foreach (NetworkPlace place in (ReadOnlySpan<NetworkPlace>)[NetworkPlace.Left, NetworkPlace.Right])
        {
            TapDevice device = _network.DeviceAt(place);
            for (ReadOnlySpan<byte> frame = device.Read(); !frame.IsEmpty; frame = device.Read()) Add(ref fate, place, frame);
        }

        foreach (NetworkPlace place in Sockets.Places)
        {
            while (Sockets[place].Receive(_payload, out int length) is null) Add(ref fate, place, _payload.AsSpan(0, length));
        }
    }

    private static void Add(ref PacketFate fate, NetworkPlace place, ReadOnlySpan<byte> packet)
    {
        if (!fate.TryAddPacket(place, packet)) throw new TargetException("more packets came out than there is room for");
    }
}
