using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>Attaches the programs of a case in a network. Links are descriptors: what is attached by one ends with it.</summary>
internal sealed class HookLinks(PrivateNetwork network, Socket receiver) : IDisposable
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int AttachFilter = 50; // SO_ATTACH_BPF
    private const int DetachFilter = 27; // SO_DETACH_FILTER

    /// <summary>A control group takes a program more than once.</summary>
    private readonly List<(int Program, NetworkPlace Place, FileDescriptor Link)> _links = [];
    private int? _filter;

    /// <summary>Attaches a program.</summary>
    /// <param name="index">By which it is known here.</param>
    /// <param name="program">Its descriptor.</param>
    /// <param name="place">Where.</param>
    /// <param name="hook">To what.</param>
    /// <returns>0, or an errno.</returns>
    public int Attach(int index, FileDescriptor program, NetworkPlace place, NetworkHook hook)
    {
        if (hook == NetworkHook.SocketFilter) return AttachToReceiver(index, program);
        if (BpfLink.TryCreate(program, TargetOf(place), AttachTypeOf(hook), out int errno) is { } link) _links.Add((index, place, link));
        return errno;
    }

    /// <summary>The opposite.</summary>
    public int Detach(int index, NetworkPlace place, NetworkHook hook)
    {
        if (hook == NetworkHook.SocketFilter) return DetachFromReceiver(index);
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
    }

    private static AttachType AttachTypeOf(NetworkHook hook) => hook switch
    {
        NetworkHook.Xdp => AttachType.Xdp,
        NetworkHook.TcIngress => AttachType.TcxIngress,
        NetworkHook.TcEgress => AttachType.TcxEgress,
        NetworkHook.GroupIngress => AttachType.CgroupInetIngress,
        NetworkHook.GroupEgress => AttachType.CgroupInetEgress,
        NetworkHook.SocketOperations => AttachType.CgroupSockOps,
        NetworkHook.SocketFilter => default, // none is named
    };

    /// <summary>The ifindex of a device, or the descriptor of the control group.</summary>
    private int TargetOf(NetworkPlace place) => place == NetworkPlace.Group ? network.Group.Folder.Number : network.DeviceAt(place).Device.Index;

    private int AttachToReceiver(int index, FileDescriptor program)
    {
        int errno = SetOption(AttachFilter, program.Number);
        if (errno == 0) _filter = index;
        return errno;
    }

    private int DetachFromReceiver(int index)
    {
        if (_filter != index) return (int)Errno.ENOENT;
        _filter = null;
        return SetOption(DetachFilter, 0);
    }

    private int SetOption(int option, int value) => receiver.Set(SocketLevel, option, value)?.Errno ?? 0;
}
