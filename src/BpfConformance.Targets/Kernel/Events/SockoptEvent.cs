using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Network;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>
/// An option of a UDP socket is set, or got (kernel/bpf/cgroup.c, 6.18, <c>__cgroup_bpf_run_filter_setsockopt</c> and
/// <c>__cgroup_bpf_run_filter_getsockopt</c>). The data is what lies from optval to optval_end.
/// </summary>
internal sealed class SockoptEvent : IHookEvent
{
    /// <summary>Programs that see an option which is set have so much room to set a longer one.</summary>
    private const int LeastRoom = 16;

    private static readonly ContextField s_level = ContextTables.Sockopt.Field("level");
    private static readonly ContextField s_name = ContextTables.Sockopt.Field("optname");
    private static readonly ContextField s_length = ContextTables.Sockopt.Field("optlen");

    public void Complete(WantedContext wanted) => wanted.SetMissing(s_length, wanted.Data.Length);

    public string? WhyNot(WantedContext wanted)
    {
        int length = wanted.Number(s_length);
        return wanted.Data.Length > WitnessLayout.MaxDataBytes ? $"{wanted.Data.Length} bytes of data; at most {WitnessLayout.MaxDataBytes} are looked at"
            : length < 0 ? $"optlen is {length}; the kernel refuses such an option before it comes to programs"
            : wanted.Hook == AttachType.CgroupGetsockopt ? null
            : wanted.Data.Length != Math.Max(length, LeastRoom)
                ? $"{wanted.Data.Length} bytes of data; from optval to optval_end are {Math.Max(length, LeastRoom)} where optlen is {length}"
            : null;
    }

    public CallFailure? Cause(WantedContext wanted)
    {
        using var socket = Socket.TryCreate(AddressFamilies.InterNetwork, SocketTypes.Datagram, 0, out CallFailure? problem);
        if (socket is null) return problem;
        (int level, int name) = (wanted.Number(s_level), wanted.Number(s_name));
        if (wanted.Hook == AttachType.CgroupSetsockopt) return socket.Set(level, name, wanted.Data[..wanted.Number(s_length)]);

        _ = socket.Set(level, name, wanted.Data); // what is got then, where it can be set
        return socket.Get(level, name, new byte[wanted.Data.Length]);
    }
}
