using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_RINGBUF (kernel/bpf/ringbuf.c, 6.18): programs produce records, user space consumes them.</summary>
/// <param name="definition">What was found right.</param>
internal sealed class RingBufferMap(MapDefinition definition) : RingMap(definition)
{
    private const ulong AvailableData = 0; // uapi linux/bpf.h, BPF_RB_AVAIL_DATA and so on
    private const ulong RingSize = 1;
    private const ulong Consumer = 2;
    private const ulong Producer = 3;

    /// <summary>A ring never becomes quite full.</summary>
    public bool TryReserve(ulong bytes, out int record) => Ring.TryReserve(bytes, (ulong)MaxEntries - 1, out record);

    /// <summary>bpf_ringbuf_output.</summary>
    public long Output(GuestBytes data, ulong bytes, ulong flags)
    {
        if ((flags & ~(RingBuffers.NoWakeup | RingBuffers.ForceWakeup)) != 0) return Error(Errno.EINVAL);
        if (!TryReserve(bytes, out int record)) return Error(Errno.EAGAIN);
        data.CopyTo(Ring[record], (int)bytes);
        Ring.Commit(record, isDiscarded: false);
        return 0;
    }

    /// <summary>bpf_ringbuf_query.</summary>
    public ulong Query(ulong what) => what switch
    {
        AvailableData => Ring.AvailableBytes,
        RingSize => (ulong)MaxEntries,
        Consumer => Ring.ConsumerPosition,
        Producer => Ring.ProducerPosition,
        _ => 0,
    };
}
