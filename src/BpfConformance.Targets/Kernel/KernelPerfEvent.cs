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
        const int Call = 298; // arch/x86/entry/syscalls/syscall_64.tbl; 241 in scripts/syscall.tbl (arm64)
        const int CallOfArm = 241;
        const nint CloseOnExec = 8; // PERF_FLAG_FD_CLOEXEC
        var attributes = new PerfEventAttributes
        {
            Type = PerfEventAttributes.Software,
            Bytes = (uint)sizeof(PerfEventAttributes),
            Config = kind == PerfEventKind.Dummy ? PerfEventAttributes.Dummy : PerfEventAttributes.BpfOutput,
            SamplePeriod = 1,
            SampleType = PerfEventAttributes.Raw,
        };
        int processor = kind == PerfEventKind.EventElsewhere ? 1 : 0;
        int call = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Call : CallOfArm;
        nint fd = Native.syscall(call, (nint)(&attributes), -1, (void*)processor, (void*)-1, CloseOnExec);
        if (fd < 0) throw new TargetException($"perf_event_open on processor {processor}: {Errnos.Name(Marshal.GetLastPInvokeError())}");
        var file = new FileDescriptor((int)fd);
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
