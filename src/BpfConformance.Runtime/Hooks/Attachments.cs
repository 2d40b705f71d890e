using BpfConformance.Abi;
using BpfConformance.Abi.Network;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Which programs are attached in the network, at each hook in the order in which they run. What is not done says why, as Linux 6.18 does.</summary>
public sealed class Attachments
{
    private readonly Dictionary<(NetworkPlace Place, NetworkHook Hook), List<int>> _programs = [];

    /// <summary>The programs of a hook, by their index.</summary>
    public IReadOnlyList<int> this[NetworkPlace place, NetworkHook hook] => _programs.GetValueOrDefault((place, hook)) ?? [];

    /// <param name="program">By its index.</param>
    /// <param name="place">Where.</param>
    /// <param name="hook">To what.</param>
    public Errno Attach(int program, NetworkPlace place, NetworkHook hook)
    {
        if (!_programs.TryGetValue((place, hook), out List<int>? programs)) _programs[(place, hook)] = programs = [];
        switch (hook)
        {
            case NetworkHook.Xdp when programs.Count > 0:
                return Errno.EBUSY; // net/core/dev.c, dev_xdp_attach: a link holds the device
            case NetworkHook.SocketFilter or NetworkHook.PortGroup or NetworkHook.RouteIn or NetworkHook.RouteOut or NetworkHook.RouteTransmit:
                programs.Clear(); // the last one counts (net/core/filter.c, __sk_attach_prog, reuseport_attach_prog; a route is replaced)
                break;
            case NetworkHook.TcIngress or NetworkHook.TcEgress when programs.Contains(program):
                return Errno.EEXIST; // kernel/bpf/mprog.c, bpf_mprog_attach
        }

        programs.Add(program);
        return Errno.None;
    }

    /// <param name="program">By its index.</param>
    /// <param name="place">Where.</param>
    /// <param name="hook">From what.</param>
    public Errno Detach(int program, NetworkPlace place, NetworkHook hook) =>
        _programs.GetValueOrDefault((place, hook))?.Remove(program) == true ? Errno.None : Errno.ENOENT;

    /// <summary>Whether there is a program at any route.</summary>
    public bool AreAtRoutes => _programs.Any(entry => entry.Key.Hook.IsOfRoute() && entry.Value.Count > 0);

    public void Clear() => _programs.Clear();
}
