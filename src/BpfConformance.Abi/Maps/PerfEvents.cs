namespace BpfConformance.Abi.Maps;

/// <summary>
/// The perf events that user space puts into an array of them (include/uapi/linux/perf_event.h, kernel/events, 6.18): each index has its own, which
/// records raw samples and nothing else.
/// </summary>
public static class PerfEvents
{
    /// <summary>Bytes of the ring that user space maps of each event: two pages.</summary>
    public const int RingBytes = 8192;

    /// <summary>Bytes of a sample's header and the length of its data.</summary>
    public const int SampleOverhead = 8 + sizeof(uint);

    /// <summary>Bytes of PERF_RECORD_LOST, which comes before the first sample for which there is room again.</summary>
    public const int LostBytes = 24;

    /// <summary>The index is that of the processor (BPF_F_CURRENT_CPU), and all bits of one (BPF_F_INDEX_MASK).</summary>
    public const ulong CurrentProcessor = uint.MaxValue;

    /// <summary>How many bytes of its packet a program appends (BPF_F_CTXLEN_MASK).</summary>
    public const ulong PacketBytesMask = 0xfffffUL << 32;

    /// <summary>Whether a header can say how long a sample of so many bytes is.</summary>
    public static bool FitsHeader(long dataBytes) => SampleOverhead + PaddedBytes(dataBytes) <= ushort.MaxValue;

    /// <summary>Bytes of data as user space is told them: with their length they are a multiple of eight.</summary>
    public static long PaddedBytes(long dataBytes) => ((dataBytes + sizeof(uint) + 7) & ~7L) - sizeof(uint);
}

/// <summary>What kind of event is at an index.</summary>
public enum PerfEventKind
{
    /// <summary>What programs may write to: PERF_COUNT_SW_BPF_OUTPUT of the first processor.</summary>
    Event,

    /// <summary>The same of the second processor, where no program runs.</summary>
    EventElsewhere,

    /// <summary>PERF_COUNT_SW_DUMMY of the first processor, which takes nothing.</summary>
    Dummy,
}
