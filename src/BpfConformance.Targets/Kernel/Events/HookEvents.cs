using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Probes;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>The program types that are run by attaching them and causing what they wait for.</summary>
internal static class HookEvents
{
    public static bool AreOf(ProgramType type) => type switch
    {
        ProgramType.CgroupSockAddr or ProgramType.CgroupSock or ProgramType.CgroupSockopt or ProgramType.CgroupSysctl or ProgramType.CgroupDevice => true,
        ProgramType.Tracing => KernelTypes.IdOf(KernelType.OfTracepoint(UnknownOption.Tracepoint)) != 0,
        ProgramType.RawTracepointWritable => KernelTypes.IdOf(KernelType.OfTracepoint(WritableTracepointEvent.Name)) != 0,
        _ => ProbePlaces.AreOf(type),
    };

    /// <summary>Whether programs of a type are run where they are attached whoever comes there.</summary>
    public static bool AreOfAllTasks(ProgramType type) => type is ProgramType.Tracepoint or ProgramType.Tracing or ProgramType.RawTracepointWritable;

    /// <summary>What happens at hooks of a type; <c>null</c>: it is not attached here.</summary>
    /// <param name="type">Which.</param>
    /// <param name="places">For types that are attached to perf events.</param>
    /// <param name="tested">The program of TEST_RUNs that are to come to a hook.</param>
    public static IHookEvent? Of(ProgramType type, ProbePlaces places, Lazy<FileDescriptor> tested) => type switch
    {
        ProgramType.CgroupSockAddr => new SockAddrEvent(),
        ProgramType.CgroupSock => new SockEvent(),
        ProgramType.CgroupSockopt => new SockoptEvent(),
        ProgramType.CgroupSysctl => new SysctlEvent(),
        ProgramType.CgroupDevice => new DeviceEvent(),
        ProgramType.Kprobe => new KprobeEvent(places),
        ProgramType.PerfEvent => new SampleEvent(places),
        ProgramType.Tracepoint => new PerfTracepointEvent(places),
        ProgramType.Tracing => new BtfTracepointEvent(),
        ProgramType.RawTracepointWritable => new WritableTracepointEvent(tested),
        _ => null,
    };
}
