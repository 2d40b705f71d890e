using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BpfConformance.Jit.X64;

/// <summary>
/// Ends runs that count no instructions when they take too long. A thread of its own looks now and then at what each thread
/// runs; a run costs its thread a few stores.
/// </summary>
internal sealed unsafe partial class Watchdog
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(20);

    /// <summary>A run that is late and mostly in helpers is seldom where it can be ended.</summary>
    private static readonly TimeSpan s_periodWhenLate = TimeSpan.FromMilliseconds(1);

    [ThreadStatic]
    private static Seat? t_seat;

    private readonly List<WeakReference<Seat>> _seats = [];
    private ulong _seatsEver;

    private Watchdog() => new Thread(Watch) { IsBackground = true, Name = "watchdog of emitted code" }.Start();

    public static Watchdog Instance { get; } = new();

    /// <summary>From here on this thread runs emitted code.</summary>
    /// <param name="limit">How long it may take, and some.</param>
    public Seat Enter(TimeSpan limit)
    {
        Seat seat = t_seat ??= NewSeat();
        seat.Enter(limit);
        return seat;
    }

    private Seat NewSeat()
    {
        lock (_seats)
        {
            var seat = new Seat(gettid(), ++_seatsEver);
            _seats.RemoveAll(each => !each.TryGetTarget(out _));
            _seats.Add(new WeakReference<Seat>(seat));
            return seat;
        }
    }

    private void Watch()
    {
        bool isLate = false;
        while (true)
        {
            Thread.Sleep(isLate ? s_periodWhenLate : s_period);
            isLate = false;
            lock (_seats)
            {
                foreach (WeakReference<Seat> each in _seats)
                {
                    if (each.TryGetTarget(out Seat? seat)) isLate |= StopIfLate(seat);
                }
            }
        }
    }

    /// <summary>The signal ends just this run: another one's number is another, and outside emitted code it does nothing.</summary>
    private static bool StopIfLate(Seat seat)
    {
        if (seat.LateRun() is not { } run) return false;
        FaultSignals.Instance.Victim = run;
        _ = tgkill(Environment.ProcessId, seat.Thread, FaultSignals.Stop); // if the thread is gone, all is well
        return true;
    }

    [LibraryImport("libc")]
    private static partial int gettid();

    [LibraryImport("libc")]
    private static partial int tgkill(int process, int thread, int signal);

    /// <summary>What a thread is doing. The thread writes the number of its run; since when that is the same, the watchdog finds out.</summary>
    /// <param name="thread">As the kernel numbers it.</param>
    /// <param name="number">Which no other seat has.</param>
    internal sealed class Seat(int thread, ulong number)
    {
        private const int RunBits = 44;

        private ulong _lastRun = number << RunBits;
        private ulong _run;
        private TimeSpan _limit;
        private ulong _seenRun;
        private long _seenSince;

        public int Thread => thread;

        /// <summary>The run that is on, or was on last: a number that no other run of the process has.</summary>
        public ulong Run => _lastRun;

        public void Enter(TimeSpan limit)
        {
            _limit = limit;
            Volatile.Write(ref _run, ++_lastRun);
        }

        public void Leave() => Volatile.Write(ref _run, 0);

        /// <summary>For the watchdog: the run that takes too long.</summary>
        public ulong? LateRun()
        {
            ulong run = Volatile.Read(ref _run);
            if (run == _seenRun) return run != 0 && Stopwatch.GetElapsedTime(_seenSince) > _limit ? run : null;
            (_seenRun, _seenSince) = (run, Stopwatch.GetTimestamp());
            return null;
        }
    }
}
