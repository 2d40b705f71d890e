using System.Runtime.InteropServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// A ring buffer as user space has it: a page with the consumer's position, a page with the producer's, and behind it the records, twice (kernel/bpf/ringbuf.c,
/// 6.18). It is mapped for one step alone, as a map that is mapped for writing is not frozen. Results are errno; 0: it was done.
/// </summary>
internal sealed class KernelRing : IDisposable
{
    private const int PageBytes = RingBuffers.PageBytes;

    private readonly MappedMemory _consumer;
    private readonly MappedMemory _producer;
    private readonly int _sizeBytes;

    private KernelRing(MappedMemory consumer, MappedMemory producer, int sizeBytes) =>
        (_consumer, _producer, _sizeBytes) = (consumer, producer, sizeBytes);

    private ref ulong ConsumerPosition => ref MemoryMarshal.AsRef<ulong>(_consumer.Span);

    private ref ulong ProducerPosition => ref MemoryMarshal.AsRef<ulong>(_producer.Span);

    /// <summary>Takes the next record.</summary>
    /// <param name="map">A ring that programs fill.</param>
    /// <param name="data">Gets the record.</param>
    /// <param name="length">How long it is.</param>
    public static int Consume(KernelMap map, Span<byte> data, out int length)
    {
        length = 0;
        using KernelRing? ring = TryMap(map, mayConsume: true, mayProduce: false, out int errno);
        if (ring is null) return errno;
        ulong position = ring.ConsumerPosition;
        ReadOnlySpan<byte> record = ring.Next(ref position, out bool isThere);
        record.CopyTo(data);
        length = record.Length;
        Volatile.Write(ref ring.ConsumerPosition, position + (isThere ? RingBuffers.Stride((ulong)length) : 0));
        return isThere ? 0 : (int)Errno.EAGAIN;
    }

    /// <summary>Puts a record in.</summary>
    /// <param name="map">A ring that programs drain.</param>
    /// <param name="record">Its bytes.</param>
    public static int Produce(KernelMap map, ReadOnlySpan<byte> record)
    {
        using KernelRing? ring = TryMap(map, mayConsume: false, mayProduce: true, out int errno);
        if (ring is null) return errno;
        ulong position = ring.ProducerPosition;
        ulong stride = RingBuffers.Stride((ulong)record.Length);
        ulong taken = position - Volatile.Read(ref ring.ConsumerPosition);
        if (taken + stride > (ulong)ring._sizeBytes) return (int)Errno.ENOSPC;
        Span<byte> room = ring.At(position);
        MemoryMarshal.Write(room, (uint)record.Length);
        record.CopyTo(room[RingBuffers.HeaderBytes..]);
        Volatile.Write(ref ring.ProducerPosition, position + stride);
        return 0;
    }

    /// <summary>The records that are to be had, which all stay; <c>null</c>: they cannot be seen.</summary>
    public static List<MapEntry>? Read(KernelMap map)
    {
        using KernelRing? ring = TryMap(map, mayConsume: false, mayProduce: false, out _);
        if (ring is null) return null;
        var records = new List<MapEntry>();
        ulong position = ring.ConsumerPosition;
        while (true)
        {
            ReadOnlySpan<byte> record = ring.Next(ref position, out bool isThere);
            if (!isThere) return records;
            records.Add(new MapEntry(default, record.ToArray()));
            position += RingBuffers.Stride((ulong)record.Length);
        }
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _producer.Dispose();
    }

    private static KernelRing? TryMap(KernelMap map, bool mayConsume, bool mayProduce, out int errno)
    {
        int size = map.Definition.MaxEntries;
        MappedMemory? consumer = map.TryMap(0, PageBytes, mayConsume, out errno);
        if (consumer is null) return null;
        if (map.TryMap(PageBytes, PageBytes + (2 * size), mayProduce, out errno) is { } producer) return new KernelRing(consumer, producer, size);
        consumer.Dispose();
        return null;
    }

    /// <summary>Goes to the next record that is ready.</summary>
    private ReadOnlySpan<byte> Next(ref ulong position, out bool isThere)
    {
        ulong end = Volatile.Read(ref ProducerPosition);
        while (position < end)
        {
            uint header = Volatile.Read(ref MemoryMarshal.AsRef<uint>(At(position)));
            int length = (int)(header & ~(RingBuffers.Busy | RingBuffers.Discarded));
            bool isDiscarded = (header & RingBuffers.Discarded) != 0;
            isThere = !isDiscarded && (header & RingBuffers.Busy) == 0;
            if (isThere) return At(position).Slice(RingBuffers.HeaderBytes, length);
            if (!isDiscarded) return [];
            position += RingBuffers.Stride((ulong)length);
        }

        isThere = false;
        return [];
    }

    private Span<byte> At(ulong position) => _producer.Span[(PageBytes + (int)(position & ((ulong)_sizeBytes - 1)))..];
}
