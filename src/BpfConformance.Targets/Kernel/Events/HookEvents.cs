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

    /// <summary>What a program is attached to that was loaded for it: not all loads have to say so.</summary>
    public static AttachType HookOf(AttachPoint point) => point.Type switch
    {
        ProgramType.CgroupSock when point.AttachType == default => AttachType.CgroupInetSockCreate,
        ProgramType.CgroupDevice => AttachType.CgroupDevice,
        ProgramType.CgroupSysctl => AttachType.CgroupSysctl,
        _ => point.AttachType,
    };
}
