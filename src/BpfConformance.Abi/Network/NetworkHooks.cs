using System.Collections.Immutable;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Network;

/// <summary>A point on the way of a packet at which programs are run.</summary>
public enum NetworkHook
{
    /// <summary>A frame has arrived: it is no packet of the network stack yet.</summary>
    Xdp,
    TcIngress,
    TcEgress,
    GroupIngress,
    GroupEgress,
    SocketFilter,

    /// <summary>A socket is looked for.</summary>
    SocketLookup,

    /// <summary>One of the sockets that share a port is chosen.</summary>
    PortGroup,

    /// <summary>Something happens to a socket of TCP.</summary>
    SocketOperations,
}

/// <summary>Which programs go where (bpf(2) BPF_LINK_CREATE; socket(7) SO_ATTACH_BPF; Linux 6.18).</summary>
public static class NetworkHooks
{
    private static readonly ImmutableArray<(ProgramType Type, AttachType AttachType, NetworkHook Hook)> s_rows =
    [
        (ProgramType.Xdp,          default,                     NetworkHook.Xdp),
        (ProgramType.Xdp,          AttachType.Xdp,              NetworkHook.Xdp),
        (ProgramType.SchedCls,     AttachType.TcxIngress,       NetworkHook.TcIngress),
        (ProgramType.SchedCls,     AttachType.TcxEgress,        NetworkHook.TcEgress),
        (ProgramType.CgroupSkb,    AttachType.CgroupInetIngress, NetworkHook.GroupIngress),
        (ProgramType.CgroupSkb,    AttachType.CgroupInetEgress, NetworkHook.GroupEgress),
        (ProgramType.SocketFilter, default,                     NetworkHook.SocketFilter),
        (ProgramType.SkLookup,     AttachType.SkLookup,         NetworkHook.SocketLookup),
        (ProgramType.SkReuseport,  default,                     NetworkHook.PortGroup),
        (ProgramType.SkReuseport,  AttachType.SkReuseportSelect, NetworkHook.PortGroup),
        (ProgramType.SkReuseport,  AttachType.SkReuseportSelectOrMigrate, NetworkHook.PortGroup),
        (ProgramType.SockOps,      default,                     NetworkHook.SocketOperations),
        (ProgramType.SockOps,      AttachType.CgroupSockOps,    NetworkHook.SocketOperations),
    ];

    /// <summary>The hook of a program at a place; <c>null</c>: it is not attached there.</summary>
    public static NetworkHook? Find(ProgramPart program, NetworkPlace place)
    {
        foreach ((ProgramType type, AttachType attachType, NetworkHook hook) in s_rows)
        {
            if (type == program.Type && attachType == program.AttachType && IsAt(hook, place)) return hook;
        }

        return null;
    }

    private static bool IsAt(NetworkHook hook, NetworkPlace place) => hook switch
    {
        NetworkHook.Xdp or NetworkHook.TcIngress or NetworkHook.TcEgress => place is NetworkPlace.Left or NetworkPlace.Right,
        NetworkHook.GroupIngress or NetworkHook.GroupEgress or NetworkHook.SocketOperations => place == NetworkPlace.Group,
        NetworkHook.SocketFilter => place == NetworkPlace.Receiver,
        NetworkHook.SocketLookup => place == NetworkPlace.Host,
        NetworkHook.PortGroup => place == NetworkPlace.First,
    };
}
