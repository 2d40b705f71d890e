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

    /// <summary>A packet takes the route to the host itself, by the address of a device.</summary>
    RouteIn,

    /// <summary>A packet of the host takes the route to the neighbor of a device.</summary>
    RouteOut,

    /// <summary>The same, right before it gets its link header.</summary>
    RouteTransmit,
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
        (ProgramType.LwtIn,        default,                     NetworkHook.RouteIn),
        (ProgramType.LwtOut,       default,                     NetworkHook.RouteOut),
        (ProgramType.LwtXmit,      default,                     NetworkHook.RouteTransmit),
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

    /// <summary>Whether it is at a route.</summary>
    public static bool IsOfRoute(this NetworkHook hook) => hook is NetworkHook.RouteIn or NetworkHook.RouteOut or NetworkHook.RouteTransmit;

    private static bool IsAt(NetworkHook hook, NetworkPlace place) => hook switch
    {
        NetworkHook.Xdp or NetworkHook.TcIngress or NetworkHook.TcEgress or NetworkHook.RouteIn or NetworkHook.RouteOut or NetworkHook.RouteTransmit => place is NetworkPlace.Left or NetworkPlace.Right,
        NetworkHook.GroupIngress or NetworkHook.GroupEgress or NetworkHook.SocketOperations => place == NetworkPlace.Group,
        NetworkHook.SocketFilter => place == NetworkPlace.Receiver,
        NetworkHook.SocketLookup => place == NetworkPlace.Host,
        NetworkHook.PortGroup => place == NetworkPlace.First,
    };
}
