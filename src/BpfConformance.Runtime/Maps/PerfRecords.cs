using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>The samples that an event has recorded in a ring that nobody reads (kernel/events/ring_buffer.c, 6.18, __perf_output_begin).</summary>
internal sealed unsafe class PerfRecords
{
    private readonly byte[] _bytes = new byte[PerfEvents.RingBytes];
    private readonly byte[] _shadow = new byte[PerfEvents.RingBytes];
    private readonly List<int> _lengths = [];
    private int _end;
    private long _takenBytes;
    private bool _hasLost;

    /// <summary>How many samples there are.</summary>
    public int Count => _lengths.Count;

    /// <summary>Records data, and behind them others, filled up with zeros.</summary>
    public Errno Record(GuestBytes data, int dataBytes, GuestBytes more, int moreBytes)
    {
        int padded = (int)PerfEvents.PaddedBytes((long)dataBytes + moreBytes); // there are far less than wrap
        int taken = PerfEvents.SampleOverhead + padded + (_hasLost ? PerfEvents.LostBytes : 0);
        if (_takenBytes + taken >= PerfEvents.RingBytes)
        {
            _hasLost = true;
            return Errno.ENOSPC;
        }

        int start = _end;
        fixed (byte* bytes = _bytes)
        fixed (byte* shadow = _shadow)
        {
            data.CopyTo(new GuestBytes(bytes + start, shadow + start), dataBytes);
            more.CopyTo(new GuestBytes(bytes + start + dataBytes, shadow + start + dataBytes), moreBytes);
            int filled = start + dataBytes + moreBytes;
            new GuestBytes(bytes + filled, shadow + filled).Clear(start + padded - filled);
        }

        _lengths.Add(padded);
        _end += padded;
        _takenBytes += taken;
        _hasLost = false;
        return Errno.None;
    }

    public void Show(uint index, ref MapImageWriter image)
    {
        int start = 0;
        fixed (byte* bytes = _bytes)
        fixed (byte* shadow = _shadow)
        {
            foreach (int length in _lengths)
            {
                image.Write(new ReadOnlySpan<byte>(&index, sizeof(uint)));
                image.WriteRecord(new GuestBytes(bytes + start, shadow + start), length);
                start += length;
            }
        }
    }

    public void Clear()
    {
        _lengths.Clear();
        (_end, _takenBytes, _hasLost) = (0, 0, false);
    }
}
