using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>Attaches the programs of a case in a network. Links are descriptors: what is attached by one ends with it.</summary>
internal sealed class HookLinks(PrivateNetwork network, HostSockets sockets) : IDisposable
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int AttachFilter = 50; // SO_ATTACH_BPF
    private const int DetachFilter = 27; // SO_DETACH_FILTER
    private const int AttachReuseport = 52; // SO_ATTACH_REUSEPORT_EBPF
    private const int DetachReuseport = 68; // SO_DETACH_REUSEPORT_BPF

    /// <summary>A control group takes a program more than once.</summary>
    private readonly List<(int Program, NetworkPlace Place, FileDescriptor Link)> _links = [];
    private readonly Dictionary<NetworkPlace, int> _ofSockets = [];
    private readonly Routes _routes = new();

    /// <summary>Attaches a program.</summary>
    /// <param name="index">By which it is known here.</param>
    /// <param name="program">Its descriptor.</param>
    /// <param name="place">Where.</param>
    /// <param name="hook">To what.</param>
    /// <returns>0, or an errno.</returns>
    public int Attach(int index, FileDescriptor program, NetworkPlace place, NetworkHook hook)
    {
        if (IsOfSocket(hook)) return AttachToSocket(index, program, place, hook);
        if (hook.IsOfRoute()) return _routes.Attach(index, program, place, hook);
        if (BpfLink.TryCreate(program, TargetOf(place), AttachTypeOf(hook), out int errno) is { } link) _links.Add((index, place, link));
        return errno;
    }

    /// <summary>The opposite.</summary>
    public int Detach(int index, NetworkPlace place, NetworkHook hook)
    {
        if (IsOfSocket(hook)) return DetachFromSocket(index, place, hook);
        if (hook.IsOfRoute()) return _routes.Detach(index, place, hook);
        int first = _links.FindIndex(link => link.Program == index && link.Place == place);
        if (first < 0) return (int)Errno.ENOENT;
        _links[first].Link.Dispose();
        _links.RemoveAt(first);
        return 0;
    }

    public void Dispose()
    {
        foreach ((_, _, FileDescriptor link) in _links) link.Dispose();
        _links.Clear();
        _routes.Dispose();
    }

    private static AttachType AttachTypeOf(NetworkHook hook) => hook switch
    {
        NetworkHook.Xdp => AttachType.Xdp,
        NetworkHook.TcIngress => AttachType.TcxIngress,
        NetworkHook.TcEgress => AttachType.TcxEgress,
        NetworkHook.GroupIngress => AttachType.CgroupInetIngress,
        NetworkHook.GroupEgress => AttachType.CgroupInetEgress,
        NetworkHook.SocketLookup => AttachType.SkLookup,
        NetworkHook.SocketOperations => AttachType.CgroupSockOps,
        NetworkHook.SocketFilter or NetworkHook.PortGroup or NetworkHook.RouteIn or NetworkHook.RouteOut or NetworkHook.RouteTransmit => default, // none is named
    };

    private static bool IsOfSocket(NetworkHook hook) => hook is NetworkHook.SocketFilter or NetworkHook.PortGroup;

    /// <summary>The ifindex of a device, or the descriptor of the control group or of the network.</summary>
    private int TargetOf(NetworkPlace place) => place switch
    {
        NetworkPlace.Group => network.Group.Folder.Number,
        NetworkPlace.Host => network.Namespace.Number,
        _ => network.DeviceAt(place).Device.Index,
    };

    private int AttachToSocket(int index, FileDescriptor program, NetworkPlace place, NetworkHook hook)
    {
        int errno = SetOption(place, hook == NetworkHook.PortGroup ? AttachReuseport : AttachFilter, program.Number);
        if (errno == 0) _ofSockets[place] = index;
        return errno;
    }

    private int DetachFromSocket(int index, NetworkPlace place, NetworkHook hook)
    {
        if (!_ofSockets.TryGetValue(place, out int attached) || attached != index) return (int)Errno.ENOENT;
        _ofSockets.Remove(place);
        return SetOption(place, hook == NetworkHook.PortGroup ? DetachReuseport : DetachFilter, 0);
    }

    private int SetOption(NetworkPlace place, int option, int value) => sockets[place].Set(SocketLevel, option, value)?.Errno ?? 0;
}
