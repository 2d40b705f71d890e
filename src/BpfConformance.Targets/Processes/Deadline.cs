using System.Diagnostics;

namespace BpfConformance.Targets.Processes;

/// <summary>A point in time that work must not go beyond.</summary>
public readonly record struct Deadline
{
    private readonly long _end;

    private Deadline(long end) => _end = end;

    /// <summary>For poll(2): rounded up, so that it does not wake too early again and again.</summary>
    public int MillisecondsLeft =>
        (int)Math.Clamp(Math.Ceiling(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _end).TotalMilliseconds), 0, int.MaxValue);

    public bool IsOver => Stopwatch.GetTimestamp() >= _end;

    public static Deadline After(TimeSpan span) => new(Stopwatch.GetTimestamp() + (long)(span.TotalSeconds * Stopwatch.Frequency));
}
