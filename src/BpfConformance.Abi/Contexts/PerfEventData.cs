using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>A sample of a performance counter: <c>struct bpf_perf_event_data</c> on x86-64.</summary>
[StructLayout(LayoutKind.Explicit, Size = 184)]
public struct PerfEventData : IContext
{
    [FieldOffset(0)] public PtRegs Regs;
    [FieldOffset(168)] public ulong SamplePeriod;
    [FieldOffset(176)] public ulong Addr;

    public static ContextLayout Layout => ContextTables.PerfEventData;
}
