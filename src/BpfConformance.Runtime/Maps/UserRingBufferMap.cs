using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_USER_RINGBUF (kernel/bpf/ringbuf.c, 6.18): user space produces records, programs consume them.</summary>
/// <param name="definition">What was found right.</param>
internal sealed class UserRingBufferMap(MapDefinition definition) : RingMap(definition)
{
    /// <summary>Who drains it has not come to an end: nobody else may.</summary>
    public bool IsBusy { get; set; }

    public override void Clear()
    {
        base.Clear();
        IsBusy = false;
    }

    /// <summary>What user space does to put a record in: it fills a ring up to the last byte.</summary>
    public unsafe Errno Produce(ReadOnlySpan<byte> data)
    {
        if (!Ring.TryReserve((ulong)data.Length, (ulong)MaxEntries, out int record)) return Errno.ENOSPC;
        fixed (byte* bytes = data) new GuestBytes(bytes, shadow: null).CopyTo(Ring[record], data.Length);
        Ring.Commit(record, isDiscarded: false);
        return Errno.None;
    }

    internal override Errno Put(MapEntry entry) => Produce(entry.Value.Span);
}
