using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Asks the programs of sockets what is to become of bytes of a stream (net/core/skmsg.c, 6.18).</summary>
/// <param name="runs">The programs.</param>
/// <param name="sockets">Those of the host.</param>
/// <param name="stream">Is told where a program cannot be asked.</param>
internal sealed unsafe class StreamRunner(LiveRuns runs, HostSockets sockets, StreamPath stream)
{
    private const uint Pass = 1; // uapi linux/bpf.h, enum sk_action

    /// <summary>What a socket sends (<c>sk_psock_msg_verdict</c>).</summary>
    public StreamVerdict OnMessage(HostSocket socket, Message message)
    {
        var live = new LiveMessage(message, socket);
        StreamBytes all = StreamBytes.Join(message.Parts);
        if (!TryRun(socket.State!.Programs[StreamHook.Message], all, live, message.Redirect)) return StreamVerdict.Drop;
        live.Follow(runs.Memory);
        StreamVerdict verdict = Verdict(out SocketTarget? target);
        socket.State.ApplyBytes = message.ApplyBytes;
        if (target is not null) socket.State.Target = target;
        return verdict;
    }

    /// <summary>What a socket has received (<c>sk_psock_verdict_recv</c>, <c>sk_psock_strp_read</c>); without a program nobody gets it.</summary>
    /// <param name="socket">Which.</param>
    /// <param name="bytes">Become what the program leaves.</param>
    /// <param name="target">Where they go, if they are redirected.</param>
    public StreamVerdict OnSegment(HostSocket socket, ref StreamBytes bytes, out SocketTarget? target)
    {
        target = null;
        ref StreamPrograms programs = ref socket.State!.Programs;
        int program = programs.Has(StreamHook.Verdict) ? programs[StreamHook.Verdict] : programs[StreamHook.PacketVerdict];
        if (program == StreamPrograms.None || !TryRun(program, bytes, new LiveSegment(bytes, socket))) return StreamVerdict.Drop;
        bytes = LiveSegment.Left(runs.Memory);
        return Verdict(out target);
    }

    /// <summary>How long the message is that begins what was received (<c>sk_psock_strp_parse</c>).</summary>
    public int LengthOf(HostSocket socket, StreamBytes bytes)
    {
        bool isDone = TryRun(socket.State!.Programs[StreamHook.Parser], bytes, new LiveSegment(bytes, socket));
        return isDone ? (int)runs.Memory.Machine->Registers[0] : 0;
    }

    private bool TryRun(int program, StreamBytes bytes, ILiveData live, Redirect redirect = default)
    {
        if (bytes.Length > runs.Memory.MostLiveBytes) stream.WhyUnknown ??= $"more than {runs.Memory.MostLiveBytes} bytes at once";
        return stream.CanGoOn && runs.TryRun(program, bytes.Data.Span, live, redirect: redirect);
    }

    private StreamVerdict Verdict(out SocketTarget? target)
    {
        target = null;
        Machine* m = runs.Memory.Machine;
        if ((uint)m->Registers[0] != Pass) return StreamVerdict.Drop;
        if (m->Redirect.Kind != RedirectKind.Socket) return StreamVerdict.Pass;
        target = new SocketTarget(sockets[m->Redirect.Index]!, (m->Redirect.Flags & Redirect.Ingress) != 0); // a helper has found it
        return StreamVerdict.Redirect;
    }
}
