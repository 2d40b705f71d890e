using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BpfConformance.Jit.X64;

/// <summary>
/// Ends runs that count no instructions when they take too long. A thread of its own looks now and then at what each thread
/// runs; a run costs its thread two stores.
/// </summary>
internal sealed unsafe partial class Watchdog
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(20);

    [ThreadStatic]
    private static Seat? t_seat;

    private readonly List<WeakReference<Seat>> _seats = [];
    private long _runs;

    private Watchdog() => new Thread(Watch) { IsBackground = true, Name = "watchdog of emitted code" }.Start();

    public static Watchdog Instance { get; } = new();

    /// <summary>A number that no other run has.</summary>
    public ulong NextRun() => (ulong)Interlocked.Increment(ref _runs);

    /// <summary>From here on this thread runs emitted code.</summary>
    /// <param name="run">The run's number.</param>
    /// <param name="limit">How long it may take.</param>
    public Seat Enter(ulong run, TimeSpan limit)
    {
        Seat seat = t_seat ??= NewSeat();
        seat.Deadline = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        Volatile.Write(ref seat.Run, run);
        return seat;
    }

    private Seat NewSeat()
    {
        var seat = new Seat(gettid());
        lock (_seats)
        {
            _seats.RemoveAll(each => !each.TryGetTarget(out _));
            _seats.Add(new WeakReference<Seat>(seat));
        }

        return seat;
    }

    private void Watch()
    {
        while (true)
        {
            Thread.Sleep(s_period);
            lock (_seats)
            {
                foreach (WeakReference<Seat> each in _seats)
                {
                    if (each.TryGetTarget(out Seat? seat)) StopIfLate(seat);
                }
            }
        }
    }

    /// <summary>The signal ends just this run: another one's number is another, and outside emitted code it does nothing.</summary>
    private static void StopIfLate(Seat seat)
    {
        ulong run = Volatile.Read(ref seat.Run);
        if (run == 0 || Stopwatch.GetTimestamp() < seat.Deadline) return;
        FaultSignals.Instance.Victim = run;
        _ = tgkill(Environment.ProcessId, seat.Thread, FaultSignals.Stop); // if the thread is gone, all is well
    }

    [LibraryImport("libc")]
    private static partial int gettid();

    [LibraryImport("libc")]
    private static partial int tgkill(int process, int thread, int signal);

    /// <summary>What a thread is doing; the thread's own.</summary>
    internal sealed class Seat(int thread)
    {
        /// <summary>The run that is on; 0: none.</summary>
        public ulong Run;

        public long Deadline;

        public int Thread { get; } = thread;

        public void Leave() => Volatile.Write(ref Run, 0);
    }
}
