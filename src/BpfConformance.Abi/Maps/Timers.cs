namespace BpfConformance.Abi.Maps;

/// <summary>Timers in values of maps (include/uapi/linux/bpf.h and kernel/bpf/helpers.c, 6.18), and when their callbacks run here.</summary>
public static class Timers
{
    /// <summary>
    /// A timer whose time comes within so many nanoseconds of virtual time, counted from when the run that started it is over, has called back
    /// before anything else happens; others wait.
    /// </summary>
    public const ulong SettleNanoseconds = 10_000_000;

    /// <summary>What comes within so many nanoseconds of the beginning of a run does so on every machine before they settle.</summary>
    public const ulong SoonNanoseconds = 5_000_000;

    /// <summary>What does not come within so many does not come as long as a case lasts.</summary>
    public const ulong FarNanoseconds = 3_600_000_000_000;

    /// <summary>A time that no clock shows, whenever it began (in nanoseconds: 146 years).</summary>
    public const ulong FarTime = 1UL << 62;

    /// <summary>Flags of bpf_timer_init: clocks, of which there may be so many (MAX_CLOCKS).</summary>
    public const ulong Clocks = 16;

    public const ulong ClockRealtime = 0;
    public const ulong ClockMonotonic = 1;
    public const ulong ClockBoottime = 7;

    /// <summary>bpf_timer_start is given a time, and not how much is to pass (BPF_F_TIMER_ABS).</summary>
    public const ulong Absolute = 1;

    /// <summary>It calls back on the processor where it was started (BPF_F_TIMER_CPU_PIN).</summary>
    public const ulong SameProcessor = 2;
}
