using System.Buffers.Binary;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>A perf event of this process, and the ring into which it records (include/uapi/linux/perf_event.h, 6.18).</summary>
internal sealed unsafe class KernelPerfEvent : IDisposable
{
    private const int PageBytes = RingBuffers.PageBytes;
    private const int HeadOffset = 1024; // struct perf_event_mmap_page, data_head
    private const int SampleType = 9; // PERF_RECORD_SAMPLE
    private const int HeaderBytes = 8; // struct perf_event_header: type, misc, size
    private const int SizeOffset = 6;

    private readonly FileDescriptor _event;
    private readonly MappedMemory _ring;

    private KernelPerfEvent(FileDescriptor file, MappedMemory ring) => (_event, _ring) = (file, ring);

    public int Fd => _event.Number;

    /// <exception cref="TargetException">There is none here.</exception>
    public static KernelPerfEvent Open(PerfEventKind kind)
    {
        var attributes = new PerfEventAttributes
        {
            Type = PerfEventAttributes.Software,
            Config = kind == PerfEventKind.Dummy ? PerfEventAttributes.Dummy : PerfEventAttributes.BpfOutput,
            SamplePeriod = 1,
            SampleType = PerfEventAttributes.Raw,
        };
        int processor = kind == PerfEventKind.EventElsewhere ? 1 : 0;
        FileDescriptor file = PerfEventCall.Open(attributes, PerfEventCall.AnyThread, processor) ?? throw Native.Failed($"perf_event_open on processor {processor}");
        if (MappedMemory.TryMap(file, PageBytes + PerfEvents.RingBytes, out int errno) is { } ring) return new KernelPerfEvent(file, ring);
        file.Dispose();
        throw new TargetException($"the ring of a perf event is not mapped: {Errnos.Name(errno)}");
    }

    /// <summary>The data of the samples that it has recorded. Nobody has read any, so the ring never wrapped.</summary>
    public IEnumerable<byte[]> Samples()
    {
        int head = (int)Volatile.Read(ref MemoryMarshal.AsRef<ulong>(_ring.Span[HeadOffset..]));
        for (int position = 0; position < head;)
        {
            Span<byte> record = _ring.Span[(PageBytes + position)..];
            bool isSample = BinaryPrimitives.ReadInt32LittleEndian(record) == SampleType;
            if (isSample) yield return record.Slice(HeaderBytes + sizeof(uint), BinaryPrimitives.ReadInt32LittleEndian(record[HeaderBytes..])).ToArray();
            position += BinaryPrimitives.ReadUInt16LittleEndian(_ring.Span[(PageBytes + position + SizeOffset)..]);
        }
    }

    public void Dispose()
    {
        _ring.Dispose();
        _event.Dispose();
    }
}
