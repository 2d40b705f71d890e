using System.Diagnostics;

namespace BpfConformance.Targets;

/// <summary>Runs a body on several threads that begin as close together as this machine can.</summary>
internal static class Simultaneous
{
    /// <summary>
    /// The threads pass a turn round so often before they begin: in microseconds when each has a processor at that
    /// moment, and that is what is waited for.
    /// </summary>
    private const int Rounds = 64;

    /// <summary>Longer than a turn takes, shorter than a scheduler's slice: who sleeps in time is woken with preference.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMicroseconds(300);

    /// <summary>Returns when all have ended; an exception of any of them is thrown then.</summary>
    /// <param name="threads">How many.</param>
    /// <param name="body">Takes the number of its thread.</param>
    public static void Run(int threads, Action<int> body)
    {
        int turn = 0;
        Task.WaitAll(
            [
                .. Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
                    () => Begin(thread), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
            ]);

        void Begin(int thread)
        {
            Processors.Take(thread);
            for (int own = thread; own < Rounds * threads; own += threads)
            {
                Await(ref turn, own);
                Volatile.Write(ref turn, own + 1);
            }

            body(thread);
        }
    }

    private static void Await(ref int turn, int own)
    {
        long since = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref turn) != own)
        {
            if (Stopwatch.GetElapsedTime(since) < s_patience) continue;
            Thread.Sleep(1);
            since = Stopwatch.GetTimestamp();
        }
    }
}
