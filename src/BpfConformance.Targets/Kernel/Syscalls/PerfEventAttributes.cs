using System.Runtime.InteropServices;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>Kernel <c>struct perf_event_attr</c> (include/uapi/linux/perf_event.h), as large as in 5.13; unused members are left zero.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct PerfEventAttributes
{
    public const uint Software = 1; // PERF_TYPE_SOFTWARE
    public const ulong Dummy = 9; // PERF_COUNT_SW_DUMMY
    public const ulong BpfOutput = 10; // PERF_COUNT_SW_BPF_OUTPUT
    public const ulong Raw = 1 << 10; // PERF_SAMPLE_RAW

    [FieldOffset(0)] public uint Type;
    [FieldOffset(4)] public uint Bytes;
    [FieldOffset(8)] public ulong Config;
    [FieldOffset(16)] public ulong SamplePeriod;
    [FieldOffset(24)] public ulong SampleType;
}
