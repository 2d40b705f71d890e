using System.Diagnostics;
using BpfConformance.Targets.Timing;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary>What something takes: of this thread's processor, so that it does not matter what else the machine does.</summary>
/// <param name="isElsewhere">Another process does it: what passes until it is done.</param>
internal sealed class HuntClock(bool isElsewhere)
{
    private double _start;

    /// <summary>Since the start.</summary>
    public TimeSpan Elapsed => TimeSpan.FromMicroseconds((Now - _start) / 1000);

    private double Now => isElsewhere ? Stopwatch.GetElapsedTime(0).TotalNanoseconds : ThreadClock.Nanoseconds;

    public void Start() => _start = Now;
}
