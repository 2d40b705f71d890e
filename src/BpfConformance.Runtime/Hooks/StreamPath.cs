using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// The way of bytes through the connection of the <see cref="CaseNetwork"/>: what one side sends, the other receives, unless programs of maps that the
/// sockets are in decide otherwise. What is redirected after it was received goes on when all else is done, as the kernel leaves it to another thread.
/// </summary>
public sealed class StreamPath
{
    /// <summary>The kernel would go on for ever.</summary>
    private const int MaxRedirects = 16;

    private readonly HostSockets _sockets;
    private readonly LiveRuns _runs;
    private readonly StreamRunner _runner;
    private readonly MessageSender _sender;
    private readonly IPacketObserver _observer;
    private readonly Queue<(SocketTarget Target, StreamBytes Bytes)> _redirected = [];
    private bool _isLater;
    private int _segments;

    /// <param name="engine">The programs.</param>
    /// <param name="budget">Instructions after which the run of a program is ended.</param>
    /// <param name="observer">Is told what becomes of the bytes.</param>
    public StreamPath(IMachineProgram engine, long budget, IPacketObserver observer)
    {
        (_sockets, _observer) = (engine.Memory.Sockets, observer);
        _runs = new LiveRuns(engine, budget, observer);
        _runner = new StreamRunner(_runs, _sockets, this);
        _sender = new MessageSender(_runner, this);
    }

    /// <summary>Whether a program has not returned: then the machine says why, and nothing else follows.</summary>
    public bool HasEnded => _runs.HasEnded;

    /// <summary>Why it is not known how the bytes go on; <c>null</c>: it is.</summary>
    internal string? WhyUnknown { get; set; }

    /// <summary>Whether anything can follow.</summary>
    internal bool CanGoOn => !HasEnded && WhyUnknown is null;

    /// <summary>User space makes the connection.</summary>
    /// <param name="attachments">The programs that see it being made.</param>
    /// <param name="programs">All programs.</param>
    /// <returns><c>null</c>, or why it is not known what they see.</returns>
    public string? Connect(Attachments attachments, BpfProgram programs)
    {
        _runs.Begin();
        return _sockets.IsConnected ? "a second connection" : new ConnectionMaking(_runs, attachments, _sockets).Make(programs);
    }

    /// <summary>User space writes to a side of the connection, and then reads what comes out.</summary>
    /// <param name="place">To which.</param>
    /// <param name="payload">What.</param>
    /// <param name="taken">How many bytes were taken, or a negated errno.</param>
    /// <returns><c>null</c>, or why it is not known what becomes of them.</returns>
    public string? Write(NetworkPlace place, ReadOnlySpan<byte> payload, out long taken)
    {
        _runs.Begin();
        taken = 0;
        if (!_sockets.IsConnected) return "a write to a connection that there is not";
        _redirected.Clear();
        (WhyUnknown, _isLater, _segments) = (null, false, 0);
        taken = _sender.Send(_sockets[place], StreamBytes.Plain(payload));
        _isLater = true;
        for (int left = MaxRedirects; CanGoOn && _redirected.TryDequeue(out (SocketTarget Target, StreamBytes Bytes) next); left--) GoOn(next.Target, next.Bytes, left);
        foreach (NetworkPlace side in (ReadOnlySpan<NetworkPlace>)[NetworkPlace.Client, NetworkPlace.Server]) ReleaseHeld(_sockets[side]);
        foreach (NetworkPlace side in (ReadOnlySpan<NetworkPlace>)[NetworkPlace.Client, NetworkPlace.Server]) Read(_sockets[side]);
        return WhyUnknown;
    }

    /// <summary>A socket sends.</summary>
    /// <param name="socket">Which.</param>
    /// <param name="bytes">What.</param>
    /// <param name="isMore">Whether it is to wait for what follows.</param>
    internal void Transmit(HostSocket socket, StreamBytes bytes, bool isMore)
    {
        HostSocket peer = _sockets.PeerOf(socket);
        if (HasRedirected(socket, isIngress: false)) WhyUnknown ??= "bytes that are sent by a socket while others are redirected to it";
        if (isMore && _segments > 0 && peer.State?.Reader is not null) WhyUnknown ??= "bytes that wait for others, to a socket with a program that sees what is sent at once";
        socket.Held.Add(bytes);
        bool isNext = _segments > 0 && peer.State?.Reader == StreamHook.Parser; // what is sent later Linux has been seen to hold back, until it is as long as these
        if (isNext) WhyUnknown ??= "a message of several parts, to a socket with a parser";
        if (isMore || !CanGoOn) return;
        var segment = StreamBytes.Join(socket.Held);
        socket.Held.Clear();
        _segments++;
        Receive(peer, segment);
    }

    /// <summary>User space can read it.</summary>
    internal void Deliver(HostSocket socket, StreamBytes bytes)
    {
        if (HasRedirected(socket, isIngress: true)) WhyUnknown ??= "bytes that a socket receives while others are redirected to it";
        socket.Received.Add(bytes);
    }

    private void Receive(HostSocket socket, StreamBytes segment)
    {
        switch (socket.State?.Reader)
        {
            case null when socket.State?.Programs.HasVerdict == true:
                WhyUnknown ??= "a socket with a verdict that is not asked any more, because the parser of another map has left";
                break;
            case null:
                Deliver(socket, segment);
                break;
            case StreamHook.Parser:
                string? failure = socket.State.Parser.Take(segment, bytes => _runner.LengthOf(socket, bytes), (segments, message) => Decide(socket, segments, message));
                WhyUnknown ??= failure; // which may have been found out meanwhile
                break;
            case StreamHook.Message or StreamHook.Verdict or StreamHook.PacketVerdict:
                Decide(socket, [segment], ..segment.Length);
                break;
        }
    }

    /// <summary>What becomes of a message, or of a segment; whether anything can follow.</summary>
    private bool Decide(HostSocket socket, IReadOnlyList<StreamBytes> segments, Range message)
    {
        if (HasEnded) return false;
        if (!_isLater && _redirected.Any(item => !item.Target.IsIngress)) WhyUnknown ??= "a program that runs while bytes are redirected that others will see";
        var bytes = StreamBytes.Join(segments);
        (int start, int length) = message.GetOffsetAndLength(bytes.Length);
        StreamVerdict verdict = _runner.OnSegment(socket, ref bytes, out SocketTarget? target);
        if (!CanGoOn) return false;
        if (verdict == StreamVerdict.Pass) Deliver(socket, bytes.Slice(start, length));
        else if (verdict == StreamVerdict.Redirect) Redirect(socket, target!.Value, segments, bytes.Slice(start, length));
        return CanGoOn;
    }

    private void Redirect(HostSocket from, SocketTarget target, IReadOnlyList<StreamBytes> segments, StreamBytes bytes)
    {
        if (target == new SocketTarget(from, IsIngress: true)) WhyUnknown ??= "bytes that a socket redirects to itself";
        if (!target.IsIngress && segments.Count > 1) WhyUnknown ??= "a message of several segments that is redirected to be sent";
        if (_redirected.Any(item => item.Target != target && !(item.Target.IsIngress && target.IsIngress))) WhyUnknown ??= "bytes that are redirected to several sockets";
        _redirected.Enqueue((target, bytes));
    }

    private void GoOn(SocketTarget target, StreamBytes bytes, int left)
    {
        if (left <= 1) WhyUnknown ??= $"bytes that are redirected more than {MaxRedirects - 1} times";
        else if (target.IsIngress) target.Socket.Received.Add(bytes);
        else if (target.Socket.State?.Programs.Has(StreamHook.Message) == true) WhyUnknown ??= "bytes that are redirected to a socket with a program for what it sends";
        else _sender.Send(target.Socket, bytes);
    }

    private bool HasRedirected(HostSocket socket, bool isIngress) => !_isLater && _redirected.Any(item => item.Target == new SocketTarget(socket, isIngress));

    private void ReleaseHeld(HostSocket socket)
    {
        if (socket.Held.Count == 0 || !CanGoOn) return;
        if (_sockets.PeerOf(socket).State?.Reader is not null) WhyUnknown = "bytes that wait for others, to a socket with a program that sees what is sent at once";
        else Transmit(socket, StreamBytes.Plain([]), isMore: false);
    }

    private void Read(HostSocket socket)
    {
        if (socket.Received.Count == 0 || !CanGoOn) return;
        var all = StreamBytes.Join(socket.Received);
        socket.Received.Clear();
        if (all.Length > 0) _observer.CameOut(socket.Place, all.Data.Span, all.Shadow.Span);
    }
}
