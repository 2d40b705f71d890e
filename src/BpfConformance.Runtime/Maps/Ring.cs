using System.Runtime.InteropServices;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// Records one behind the other in a ring, each after a header (kernel/bpf/ringbuf.c, 6.18). Positions count bytes from the beginning and never
/// wrap. Where the kernel has its pages a second time behind the first, so that a record which wraps is in one piece, this has room: of
/// the records that are there at once only one can use it.
/// </summary>
internal sealed unsafe class Ring : IDisposable
{
    private readonly uint _sizeBytes;
    private readonly byte* _bytes;
    private readonly byte* _shadow;
    private bool _disposed;

    /// <param name="sizeBytes">A power of two.</param>
    public Ring(int sizeBytes)
    {
        _sizeBytes = (uint)sizeBytes;
        _bytes = (byte*)NativeMemory.AllocZeroed(2 * (nuint)sizeBytes);
        _shadow = (byte*)NativeMemory.AllocZeroed(2 * (nuint)sizeBytes);
    }

    public ulong ConsumerPosition { get; private set; }

    public ulong ProducerPosition { get; private set; }

    /// <summary>Bytes of records that were not consumed, with their headers.</summary>
    public ulong AvailableBytes => ProducerPosition - ConsumerPosition;

    /// <summary>The bytes of a record, and what is known of them.</summary>
    /// <param name="record">As it was reserved.</param>
    public GuestBytes this[int record] => new(_bytes + record, _shadow + record);

    /// <summary>Makes room for a record, which is busy until <see cref="Commit"/>.</summary>
    /// <param name="bytes">Its length.</param>
    /// <param name="most">How many bytes may be taken at once.</param>
    /// <param name="record">Where it is.</param>
    public bool TryReserve(ulong bytes, ulong most, out int record)
    {
        record = 0;
        if (bytes > RingBuffers.MaxRecordBytes) return false;
        ulong stride = RingBuffers.Stride(bytes);
        if (AvailableBytes + stride > most) return false;
        record = RecordAt(ProducerPosition);
        Header(record) = (uint)bytes | RingBuffers.Busy;
        ProducerPosition += stride;
        return true;
    }

    /// <summary>A record is ready, or is to be skipped.</summary>
    public void Commit(int record, bool isDiscarded) =>
        Header(record) = (Header(record) & ~RingBuffers.Busy) | (isDiscarded ? RingBuffers.Discarded : 0);

    public int LengthOf(int record) => (int)(Header(record) & ~(RingBuffers.Busy | RingBuffers.Discarded));

    /// <summary>The next record that is ready, and those before it that are to be skipped are gone; 0: there is none.</summary>
    public int Next()
    {
        ulong position = ConsumerPosition;
        int record = NextFrom(ref position);
        ConsumerPosition = position;
        return record;
    }

    /// <summary>The record that <see cref="Next"/> gave is gone.</summary>
    public void Release() => ConsumerPosition += StrideAt(ConsumerPosition);

    /// <summary>Says which records consumers would get.</summary>
    public void Show(ref MapImageWriter image)
    {
        int count = 0;
        ulong position = ConsumerPosition;
        for (; NextFrom(ref position) != 0; position += StrideAt(position)) count++;
        image.Begin(count);
        position = ConsumerPosition;
        for (int record; (record = NextFrom(ref position)) != 0; position += StrideAt(position)) image.WriteRecord(this[record], LengthOf(record));
    }

    public void Clear() => (ConsumerPosition, ProducerPosition) = (0, 0);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        NativeMemory.Free(_bytes);
        NativeMemory.Free(_shadow);
    }

    /// <summary>Goes to the next record that is to be had; 0: there is none yet.</summary>
    private int NextFrom(ref ulong position)
    {
        while (position < ProducerPosition)
        {
            int record = RecordAt(position);
            uint header = Header(record);
            if ((header & RingBuffers.Discarded) == 0) return (header & RingBuffers.Busy) == 0 ? record : 0;
            position += StrideAt(position);
        }

        return 0;
    }

    private int RecordAt(ulong position) => (int)(position & (_sizeBytes - 1)) + RingBuffers.HeaderBytes;

    private ulong StrideAt(ulong position) => RingBuffers.Stride((ulong)LengthOf(RecordAt(position)));

    private ref uint Header(int record) => ref *(uint*)(_bytes + record - RingBuffers.HeaderBytes);
}
