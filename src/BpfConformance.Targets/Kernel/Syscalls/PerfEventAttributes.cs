using System.Runtime.InteropServices;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>Kernel <c>struct perf_event_attr</c> (include/uapi/linux/perf_event.h), as large as in 5.13; unused members are left zero.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct PerfEventAttributes
{
    public const uint Software = 1; // PERF_TYPE_SOFTWARE
    public const uint Tracepoint = 2; // PERF_TYPE_TRACEPOINT
    public const uint Breakpoint = 5; // PERF_TYPE_BREAKPOINT
    public const ulong Dummy = 9; // PERF_COUNT_SW_DUMMY
    public const ulong BpfOutput = 10; // PERF_COUNT_SW_BPF_OUTPUT
    public const ulong Raw = 1 << 10; // PERF_SAMPLE_RAW
    public const ulong Disabled = 1 << 0; // bits of Flags
    public const ulong ExcludeKernel = 1 << 5;
    public const uint Writes = 2; // HW_BREAKPOINT_W

    [FieldOffset(0)] public uint Type;
    [FieldOffset(4)] public uint Bytes;
    [FieldOffset(8)] public ulong Config;
    [FieldOffset(16)] public ulong SamplePeriod;
    [FieldOffset(24)] public ulong SampleType;
    [FieldOffset(40)] public ulong Flags;
    [FieldOffset(52)] public uint BreakpointType;

    /// <summary>Of a uprobe the path of its file, of a breakpoint the address.</summary>
    [FieldOffset(56)] public ulong Config1;

    /// <summary>Of a uprobe the place in the file, of a breakpoint how many bytes it watches.</summary>
    [FieldOffset(64)] public ulong Config2;
}
