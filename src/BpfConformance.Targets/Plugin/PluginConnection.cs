using BpfConformance.Abi;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Protocol;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Targets.Plugin;

/// <summary>Reads the body of an answer.</summary>
/// <exception cref="BpfFormatException">It is not what it should be.</exception>
internal delegate void BodyAction(ref BodyReader body);

/// <summary>
/// One child that speaks the protocol. It is asked one thing at a time; the first that it does wrong is its last, and
/// what it did is then the answer.
/// </summary>
internal sealed class PluginConnection : IDisposable
{
    /// <summary>For a child to end by itself, when it is told to.</summary>
    private static readonly TimeSpan s_ending = TimeSpan.FromSeconds(1);

    /// <summary>For a child to end that has closed its output: who ends does both at once.</summary>
    private static readonly TimeSpan s_closing = TimeSpan.FromMilliseconds(250);

    private readonly ChildProcess _child;
    private uint _request;

    /// <param name="command">What to start.</param>
    /// <param name="mark">By which its children are found.</param>
    /// <exception cref="TargetException">It cannot be started.</exception>
    public PluginConnection(ChildCommand command, string mark) => _child = ChildProcess.Start(command, mark);

    /// <summary>Of the child's process.</summary>
    public int ProcessId => _child.Id;

    /// <summary>What the last request's frame is written with.</summary>
    public FrameWriter Writer { get; } = new();

    /// <summary>Begins a request; what it says is then written to <see cref="Writer"/>.</summary>
    public void Begin(FrameKind kind) => Writer.Begin(kind, ++_request);

    /// <summary>Sends the request that was begun, and reads the answer; or says why there is none.</summary>
    /// <param name="expected">The kind of answer.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="isLast">Whether the child is told that nothing follows.</param>
    public ChildFailure? Ask(FrameKind expected, TimeSpan limit, BodyAction read, bool isLast = false)
    {
        Writer.End();
        var deadline = Deadline.After(limit);
        try
        {
            FrameHeader? header = null;
            for (int sent = 0; header is null;)
            {
                bool isSent = sent == Writer.Frame.Length;
                if (deadline.IsOver) return TooLong(limit);
                if (!isSent && _child.HasClosedInput) return Ended("closed its input");
                if (_child.HasClosedOutput) return Ended("closed its output");
                if (isSent && isLast) _child.CloseInput();
                sent += _child.Exchange(Writer.Frame.Span[sent..], deadline);
                header = Answer();
                if (header is not null && sent < Writer.Frame.Length) return Garbage("it answered before it was asked");
            }

            return Read(header.Value, expected, read);
        }
        catch (BpfFormatException bad)
        {
            return Garbage(bad.Message);
        }
    }

    /// <summary>Sends what has no answer; whether all of it is gone.</summary>
    public bool Tell(TimeSpan limit)
    {
        Writer.End();
        var deadline = Deadline.After(limit);
        int sent = 0;
        while (sent < Writer.Frame.Length && !_child.HasClosedInput && !_child.HasClosedOutput && !deadline.IsOver)
        {
            sent += _child.Exchange(Writer.Frame.Span[sent..], deadline);
        }

        return sent == Writer.Frame.Length;
    }

    /// <summary>Lets it end by itself, for a moment; then ends it.</summary>
    public void Leave()
    {
        Begin(FrameKind.Bye);
        Tell(s_ending);
        _child.CloseInput();
        _child.WaitForEnd(Deadline.After(s_ending));
    }

    public void Dispose() => _child.Dispose();

    /// <summary>The header of the answer, when all of it has come.</summary>
    private FrameHeader? Answer()
    {
        if (FrameHeader.TryRead(_child.Received.Waiting) is not { } header) return null;
        if (header.Request != _request) throw new BpfFormatException(null, 0, 0, $"it answered request {header.Request}, and was asked {_request}");
        return _child.Received.Waiting.Length - PluginProtocol.HeaderBytes >= header.BodyBytes ? header : null;
    }

    private ChildFailure? Read(FrameHeader header, FrameKind expected, BodyAction read)
    {
        var body = new BodyReader(_child.Received.Waiting.Slice(PluginProtocol.HeaderBytes, header.BodyBytes));
        if (header.Kind == FrameKind.Trouble)
        {
            bool isCrash = body.U8("whether the machine broke") != 0;
            string message = body.Text("what is wrong");
            _child.Received.Take(PluginProtocol.HeaderBytes + header.BodyBytes);
            return new ChildFailure(FailureKind.Trouble, $"says: {message}") { IsCrash = isCrash };
        }

        if (header.Kind != expected) return Garbage($"it answered with a frame of kind 0x{(byte)header.Kind:x2}, expected 0x{(byte)expected:x2}");
        read(ref body);
        _child.Received.Take(PluginProtocol.HeaderBytes + header.BodyBytes);
        return null;
    }

    private ChildFailure Ended(string what)
    {
        ChildEnd? end = _child.WaitForEnd(Deadline.After(s_closing));
        if (end is null) _child.Kill();
        bool wasKilled = end is { IsFromOutside: true };
        return new ChildFailure(
            wasKilled ? FailureKind.WasKilled : FailureKind.Broke, WithErrors(end is null ? $"{what} and goes on" : $"{end}"));
    }

    private ChildFailure TooLong(TimeSpan limit)
    {
        _child.Kill();
        return new ChildFailure(FailureKind.TookTooLong, WithErrors($"did not answer in {limit.TotalSeconds:0.###} s"));
    }

    private ChildFailure Garbage(string problem)
    {
        _child.Kill();
        return new ChildFailure(FailureKind.Broke, WithErrors($"does not follow the protocol: {problem}"));
    }

    private string WithErrors(string sentence) => _child.LastErrors is { Length: > 0 } errors ? $"{sentence}; it said: {errors}" : sentence;
}
