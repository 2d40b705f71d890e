using BpfConformance.Abi.Programs;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>The program types that are run by attaching them and causing what they wait for.</summary>
internal static class HookEvents
{
    public static bool AreOf(ProgramType type) => Of(type) is not null;

    /// <summary>What happens at hooks of a type; <c>null</c>: it is not attached here.</summary>
    public static IHookEvent? Of(ProgramType type) => type switch
    {
        ProgramType.CgroupSockAddr => new SockAddrEvent(),
        ProgramType.CgroupSock => new SockEvent(),
        ProgramType.CgroupSockopt => new SockoptEvent(),
        ProgramType.CgroupSysctl => new SysctlEvent(),
        ProgramType.CgroupDevice => new DeviceEvent(),
        _ => null,
    };
}
