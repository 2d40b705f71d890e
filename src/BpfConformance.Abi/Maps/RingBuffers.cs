namespace BpfConformance.Abi.Maps;

/// <summary>How ring buffers are laid out (kernel/bpf/ringbuf.c and include/uapi/linux/bpf.h, 6.18).</summary>
public static class RingBuffers
{
    /// <summary>Bytes before each record: its length with the two bits below, and four that are the kernel's own (BPF_RINGBUF_HDR_SZ).</summary>
    public const int HeaderBytes = 8;

    /// <summary>The record is not ready (BPF_RINGBUF_BUSY_BIT).</summary>
    public const uint Busy = 1u << 31;

    /// <summary>The record is to be skipped (BPF_RINGBUF_DISCARD_BIT).</summary>
    public const uint Discarded = 1u << 30;

    /// <summary>RINGBUF_MAX_RECORD_SZ.</summary>
    public const uint MaxRecordBytes = uint.MaxValue / 4;

    /// <summary>Nobody is woken up (BPF_RB_NO_WAKEUP).</summary>
    public const ulong NoWakeup = 1;

    /// <summary>Somebody is woken up in every case (BPF_RB_FORCE_WAKEUP).</summary>
    public const ulong ForceWakeup = 2;

    /// <summary>A ring is as large as whole pages of 4 KiB are, a power of two of them.</summary>
    public const int PageBytes = 4096;

    /// <summary>Bytes from the header of a record to that of the next.</summary>
    public static ulong Stride(ulong recordBytes) => (recordBytes + HeaderBytes + 7) & ~7ul;
}
