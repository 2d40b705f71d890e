using System.Runtime.InteropServices;
using BpfConformance.Abi;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Processes;

/// <summary>
/// A child with pipes to it, of which nothing is trusted: every wait has a deadline, and when it is disposed, it and all
/// of its session are gone. One thread at a time.
/// </summary>
internal sealed unsafe class ChildProcess : IDisposable
{
    private const int ErrorChunk = 1 << 16;

    /// <summary>Of its standard error, in a message.</summary>
    private const int LinesShown = 6;

    /// <summary>While nothing comes: how often to look whether it is still there.</summary>
    private const int MillisecondsBetweenLooks = 20;

    /// <summary>A killed process is gone at once, unless the kernel itself is stuck in it.</summary>
    private static readonly TimeSpan s_dying = TimeSpan.FromSeconds(2);

    private readonly SpawnedChild _child;
    private readonly StandardError _error = new();
    private readonly byte[] _errorBuffer = new byte[ErrorChunk];
    private ChildEnd? _end;

    private ChildProcess(SpawnedChild child) => _child = child;

    /// <summary>Of the process, which is also that of its session and group.</summary>
    public int Id => _child.Process;

    public ReceivedBytes Received { get; } = new();

    public bool HasClosedInput => _child.Input.IsClosed;

    public bool HasClosedOutput => _child.Output.IsClosed;

    /// <summary>The last lines that it wrote to its standard error.</summary>
    public string LastErrors => _error.LastLines(LinesShown);

    /// <summary>All of what it wrote there that is kept: a stack has more lines than a message shows.</summary>
    public string KeptErrors => _error.LastLines(int.MaxValue);

    /// <param name="command">What to start.</param>
    /// <param name="mark">By which <see cref="StrayProcesses"/> finds what it starts.</param>
    /// <exception cref="TargetException">It cannot be started.</exception>
    public static ChildProcess Start(ChildCommand command, string mark) =>
        new(Spawning.Start(command, (StrayProcesses.Variable, mark)));

    /// <summary>Waits until something can be written or read, does it, and returns how much of <paramref name="unsent"/> is gone.</summary>
    /// <param name="unsent">What is to be written.</param>
    /// <param name="deadline">When to return without having done anything; it may do so earlier.</param>
    public int Exchange(ReadOnlySpan<byte> unsent, Deadline deadline) => Exchange(unsent, _child.Output, deadline);

    private int Exchange(ReadOnlySpan<byte> unsent, FileDescriptor? output, Deadline deadline)
    {
        PollRequest* requests = stackalloc PollRequest[3];
        requests[0] = Request(unsent.IsEmpty ? null : _child.Input, ChildNative.PollOut);
        requests[1] = Request(output, ChildNative.PollIn);
        requests[2] = Request(_child.Errors, ChildNative.PollIn);
        if (ChildNative.poll(requests, 3, Math.Min(deadline.MillisecondsLeft, MillisecondsBetweenLooks)) <= 0)
        {
            // What it has started may hold the pipes open, and answers nothing.
            if (HasEnded() && ChildNative.poll(requests, 3, 0) <= 0) _child.Output.Dispose();
            return 0;
        }

        if (requests[2].Happened != 0) Read(_child.Errors, _errorBuffer, _error.Add);
        if (requests[1].Happened != 0) Read(_child.Output, Received.Room(), bytes => Received.Added(bytes.Length));
        return requests[0].Happened != 0 ? Write(unsent) : 0;
    }

    /// <summary>Says that nothing more will be written.</summary>
    public void CloseInput() => _child.Input.Dispose();

    /// <summary>How it ended, as soon as it has; <c>null</c>: not before the deadline. Nobody wants its output any more.</summary>
    public ChildEnd? WaitForEnd(Deadline deadline)
    {
        for (int pause = 0; !HasEnded(); pause = Math.Min(pause + 1, 10))
        {
            if (deadline.IsOver) return null;
            if (_child.Errors.IsClosed) Thread.Sleep(pause);
            else Exchange([], output: null, Deadline.After(TimeSpan.FromMilliseconds(1)));
        }

        return _end;
    }

    /// <summary>Ends it, and all of its session; what it had said is kept.</summary>
    public void Kill()
    {
        if (_end is null) KillSession();
        WaitForEnd(Deadline.After(s_dying));
    }

    public void Dispose()
    {
        Kill();
        _child.Input.Dispose();
        _child.Output.Dispose();
        _child.Errors.Dispose();
    }

    private static PollRequest Request(FileDescriptor? file, short events) =>
        file is null || file.IsClosed ? new PollRequest { Descriptor = -1 } : new PollRequest { Descriptor = file.Number, Events = events };

    private static void Read(FileDescriptor file, Span<byte> room, ReadOnlySpanAction read)
    {
        nint count;
        fixed (byte* start = room) count = ChildNative.read(file.Number, start, (nuint)room.Length);
        if (count > 0) read(room[..(int)count]);
        else if (count == 0 || !CanTryAgain()) file.Dispose();
    }

    private int Write(ReadOnlySpan<byte> bytes)
    {
        nint count;
        fixed (byte* start = bytes) count = ChildNative.write(_child.Input.Number, start, (nuint)bytes.Length);
        if (count >= 0) return (int)count;
        if (!CanTryAgain()) _child.Input.Dispose();
        return 0;
    }

    private static bool CanTryAgain() => (Errno)Marshal.GetLastPInvokeError() is Errno.EAGAIN or Errno.EINTR;

    private bool HasEnded()
    {
        if (_end is not null) return true;
        int* info = stackalloc int[ChildNative.SignalInfoInts];
        info[0] = 0; // no signal: it goes on
        _ = ChildNative.waitid(ChildNative.OneProcess, Id, info, ChildNative.Exited | ChildNative.NoHang | ChildNative.NoReap);
        if (info[0] == 0) return false;

        KillSession(); // before it is reaped: then the number may become somebody else's
        int status;
        _ = ChildNative.waitpid(Id, &status, options: 0); // it has ended: returns at once
        _end = ChildEnd.Of(status);
        return true;
    }

    /// <summary>Its group first, all at once; then who is in other groups, such as the jobs of a shell.</summary>
    private void KillSession()
    {
        _ = ChildNative.kill(-Id, ChildNative.SignalKill);
        StrayProcesses.EndSession(Id);
    }

    private delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);
}
