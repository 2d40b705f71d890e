using BpfConformance.Abi;
using BpfConformance.Abi.Network;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Sends what user space gives a socket that may have a program for it (net/ipv4/tcp_bpf.c, 6.18, <c>tcp_bpf_sendmsg</c>).</summary>
/// <param name="runner">Asks the programs.</param>
/// <param name="stream">Where it goes.</param>
internal sealed class MessageSender(StreamRunner runner, StreamPath stream)
{
    /// <summary>As many parts as a message has without being full.</summary>
    private const int MostParts = 12;

    /// <summary>A program that puts bytes in before those which it decides on is asked for ever.</summary>
    private const int MostVerdicts = 256;

    /// <summary>How many bytes were taken, or a negated errno.</summary>
    public long Send(HostSocket socket, StreamBytes bytes)
    {
        if (bytes.Length == 0) return 0;
        if (socket.State is not { } state || !state.Programs.Has(StreamHook.Message))
        {
            stream.Transmit(socket, bytes, isMore: false);
            return bytes.Length;
        }

        Message message = state.Corked ?? new Message();
        message.Parts.Add(bytes);
        if (message.Parts.Count > MostParts) stream.WhyUnknown ??= "a message of many parts";
        if (state.CorkBytes != 0)
        {
            state.CorkBytes -= Math.Min(state.CorkBytes, (uint)bytes.Length);
            if (state.CorkBytes != 0) return bytes.Length;
            state.Verdict = null;
        }

        long copied = bytes.Length;
        Errno error = Decide(socket, state, message, ref copied);
        return copied > 0 ? copied : -(long)error;
    }

    /// <summary><c>tcp_bpf_send_verdict</c>: a verdict that is for a part of a message is followed by another one.</summary>
    private Errno Decide(HostSocket socket, SocketState state, Message message, ref long copied)
    {
        int taken = 0; // by the program
        int verdicts = 0;
        do
        {
            if (state.Verdict is null)
            {
                taken = message.Length;
                state.Verdict = runner.OnMessage(socket, message);
                taken -= message.Length;
                if (++verdicts > MostVerdicts) stream.WhyUnknown ??= $"a message that a program is asked about more than {MostVerdicts} times";
                if (!stream.CanGoOn) return Errno.None;
            }

            if (message.CorkBytes > message.Length)
            {
                state.CorkBytes = message.CorkBytes - (uint)message.Length;
                state.Corked = message;
                return Errno.None;
            }

            Errno error = state.Verdict.Value switch
            {
                StreamVerdict.Pass => Pass(socket, state, message),
                StreamVerdict.Redirect => Redirect(state, message, ref copied),
                StreamVerdict.Drop => Drop(state, message, taken, ref copied),
            };
            if (error != Errno.None) return error;
        }
        while (message.Parts.Count > 0 && stream.CanGoOn);

        return Errno.None;
    }

    private Errno Pass(HostSocket socket, SocketState state, Message message)
    {
        int count = CountFor(state, message);
        Push(socket, message, count);
        Apply(state, count);
        if (state.ApplyBytes == 0) state.Verdict = null;
        return Errno.None;
    }

    private Errno Redirect(SocketState state, Message message, ref long copied)
    {
        SocketTarget target = state.Target!.Value; // such a verdict has one
        int count = CountFor(state, message);
        Apply(state, count);
        if (state.ApplyBytes == 0) state.Verdict = null;
        bool isCorked = state.Corked is not null;
        state.Corked = null;
        Errno error = target.Socket.State is null ? Errno.EPIPE : Errno.None;
        if (error == Errno.None) SendTo(target, message, count);
        else if (!isCorked) copied -= message.Length;
        if (!isCorked && error == Errno.None) return error;
        message.Free();
        return isCorked ? Errno.None : error;
    }

    /// <summary>The verdict stays: what is sent from now on is dropped without asking.</summary>
    private static Errno Drop(SocketState state, Message message, int taken, ref long copied)
    {
        int count = CountFor(state, message);
        message.Free();
        Apply(state, count);
        copied -= count + taken;
        return Errno.EACCES;
    }

    private void SendTo(SocketTarget target, Message message, int count)
    {
        if (count == 0) stream.WhyUnknown ??= "a message of no bytes that is redirected"; // user space does not get past it
        if (!target.IsIngress) Push(target.Socket, message, count);
        while (target.IsIngress && count > 0)
        {
            StreamBytes part = message.TakeFirst(count);
            count -= part.Length;
            stream.Deliver(target.Socket, part);
        }
    }

    /// <summary><c>tcp_bpf_push</c>: after a part that is not sent to its end more follows.</summary>
    private void Push(HostSocket socket, Message message, int count)
    {
        while (count > 0)
        {
            bool isMore = count < message.Parts[0].Length;
            StreamBytes part = message.TakeFirst(count);
            count -= part.Length;
            stream.Transmit(socket, part, isMore);
        }
    }

    private static int CountFor(SocketState state, Message message) =>
        state.ApplyBytes == 0 ? message.Length : (int)Math.Min(state.ApplyBytes, (uint)message.Length);

    private static void Apply(SocketState state, int count) => state.ApplyBytes -= Math.Min(state.ApplyBytes, (uint)count);
}
