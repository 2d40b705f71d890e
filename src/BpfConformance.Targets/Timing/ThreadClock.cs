using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BpfConformance.Targets.Timing;

/// <summary>The time that this thread has had a processor, for what takes so long that others will have had it in between.</summary>
internal static unsafe partial class ThreadClock
{
    private const int ThreadCpuTime = 3; // include/uapi/linux/time.h, CLOCK_THREAD_CPUTIME_ID

    /// <summary>Nanoseconds since some moment; where no system tells, those that have passed for everybody.</summary>
    public static double Nanoseconds
    {
        get
        {
            long* time = stackalloc long[2];
            return OperatingSystem.IsLinux() && clock_gettime(ThreadCpuTime, time) == 0
                ? (time[0] * 1e9) + time[1]
                : Stopwatch.GetElapsedTime(0).TotalNanoseconds;
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);
}
