using System.Collections.Immutable;
using System.Text;
using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>
/// Routes that lead through programs, as ip-route(8) makes them by <c>encap bpf</c> (net/core/lwt_bpf.c, uapi linux/rtnetlink.h, 6.18): that of a device to its
/// neighbor, which there is only with a program, and the one to the host itself.
/// </summary>
internal sealed class Routes : IDisposable
{
    private const ushort NewRoute = 24; // RTM_NEWROUTE
    private const ushort DeleteRoute = 25; // RTM_DELROUTE
    private const ushort CreateOrReplace = 0x500; // NLM_F_CREATE | NLM_F_REPLACE
    private const ushort Destination = 1; // RTA_DST
    private const ushort Device = 4; // RTA_OIF
    private const ushort EncapsulationType = 21; // RTA_ENCAP_TYPE
    private const ushort Encapsulation = 22; // RTA_ENCAP
    private const ushort ByPrograms = 6; // LWTUNNEL_ENCAP_BPF
    private const ushort ProgramDescriptor = 1; // LWT_BPF_PROG_FD
    private const ushort ProgramName = 2; // LWT_BPF_PROG_NAME
    private const byte HostBits = 32;

    private readonly Dictionary<(NetworkPlace Place, NetworkHook Hook), (int Index, FileDescriptor Program)> _programs = [];

    /// <summary>The kernel takes routes for the same whose programs have the same names.</summary>
    private int _names;

    /// <summary>A program takes the place of any that was there.</summary>
    /// <returns>0, or an errno.</returns>
    public int Attach(int index, FileDescriptor program, NetworkPlace place, NetworkHook hook)
    {
        _programs[(place, hook)] = (index, program);
        return Update(place, hook);
    }

    /// <summary>The opposite.</summary>
    public int Detach(int index, NetworkPlace place, NetworkHook hook)
    {
        if (!_programs.TryGetValue((place, hook), out var attached) || attached.Index != index) return (int)Errno.ENOENT;
        _programs.Remove((place, hook));
        return Update(place, hook);
    }

    public void Dispose()
    {
        foreach ((NetworkPlace place, NetworkHook hook) in _programs.Keys.ToArray()) Detach(_programs[(place, hook)].Index, place, hook);
    }

    private static ReadOnlySpan<NetworkHook> HooksOf(bool isLocal) => isLocal ? [NetworkHook.RouteIn] : [NetworkHook.RouteOut, NetworkHook.RouteTransmit];

    private static ushort NumberOf(NetworkHook hook) => hook switch
    {
        NetworkHook.RouteIn => 1, // LWT_BPF_IN
        NetworkHook.RouteOut => 2, // LWT_BPF_OUT
        NetworkHook.RouteTransmit => 3, // LWT_BPF_XMIT
        NetworkHook.Xdp or NetworkHook.TcIngress or NetworkHook.TcEgress or NetworkHook.GroupIngress or NetworkHook.GroupEgress or NetworkHook.SocketFilter
            or NetworkHook.SocketLookup or NetworkHook.PortGroup or NetworkHook.SocketOperations => throw new ArgumentOutOfRangeException(nameof(hook), hook, message: null),
    };

    /// <summary>Makes the route of a hook have the programs that are attached now.</summary>
    private int Update(NetworkPlace place, NetworkHook hook)
    {
        bool isLocal = hook == NetworkHook.RouteIn;
        bool hasPrograms = false;
        foreach (NetworkHook other in HooksOf(isLocal)) hasPrograms |= _programs.ContainsKey((place, other));
        bool isThere = isLocal || hasPrograms;
        NetworkDevice device = CaseNetwork.DeviceAt(place);
        NetlinkMessage message = Message(device, isLocal, isThere);
        if (hasPrograms) AddPrograms(message, place, isLocal);
        return message.Send();
    }

    private static NetlinkMessage Message(NetworkDevice device, bool isLocal, bool isThere)
    {
        const byte Static = 4; // RTPROT_STATIC
        const byte MainTable = 254, LocalTable = 255; // RT_TABLE_*
        const byte ToLink = 253, ToHost = 254; // RT_SCOPE_*
        const byte Unicast = 1, Local = 2; // RTN_*
        ReadOnlySpan<byte> header = isLocal
            ? [(byte)AddressFamilies.InterNetwork, HostBits, 0, 0, LocalTable, Static, ToHost, Local, 0, 0, 0, 0]
            : [(byte)AddressFamilies.InterNetwork, HostBits, 0, 0, MainTable, Static, ToLink, Unicast, 0, 0, 0, 0]; // struct rtmsg
        NetlinkMessage message = isThere ? new(NewRoute, CreateOrReplace, header) : new(DeleteRoute, 0, header);
        ImmutableArray<byte> destination = isLocal ? device.Address : device.NeighborAddress;
        message.Add(Destination, destination.AsSpan());
        message.Add(Device, BitConverter.GetBytes(device.Index));
        return message;
    }

    private void AddPrograms(NetlinkMessage message, NetworkPlace place, bool isLocal)
    {
        message.Add(EncapsulationType, BitConverter.GetBytes(ByPrograms));
        message.AddNested(Encapsulation, () =>
        {
            foreach (NetworkHook hook in HooksOf(isLocal))
            {
                if (!_programs.TryGetValue((place, hook), out var attached)) continue;
                message.AddNested(NumberOf(hook), () =>
                {
                    message.Add(ProgramDescriptor, BitConverter.GetBytes(attached.Program.Number));
                    message.Add(ProgramName, Encoding.ASCII.GetBytes($"{_names++}\0"));
                });
            }
        });
    }
}
