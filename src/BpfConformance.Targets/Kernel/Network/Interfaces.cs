using System.Collections.Immutable;
using System.Text;
using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>Gives devices their addresses by ioctl(2) (uapi linux/sockios.h, linux/if.h, linux/if_arp.h).</summary>
internal static unsafe class Interfaces
{
    public const int NameBytes = 16; // IFNAMSIZ
    public const int RequestBytes = 40; // struct ifreq: the name, then what is asked

    private const nuint GetFlags = 0x8913;
    private const nuint SetFlags = 0x8914;
    private const nuint SetAddress = 0x8916;
    private const nuint SetMask = 0x891c;
    private const nuint SetHardwareAddress = 0x8924;
    private const nuint SetNeighbor = 0x8955;

    private const ushort Up = 0x01; // IFF_UP
    private const ushort NoAddressResolution = 0x80; // IFF_NOARP
    private const ushort Ethernet = 1; // ARPHRD_ETHER
    private const int CompletePermanent = 0x06; // ATF_COM | ATF_PERM

    /// <exception cref="TargetException">It is refused.</exception>
    public static void TurnOn(string name)
    {
        using FileDescriptor socket = Sockets.Create(Sockets.InterNetwork, Sockets.Datagram);
        SetFlag(socket, name, Up);
    }

    /// <summary>Gives a device its addresses, tells it who is its neighbor, and turns it on.</summary>
    /// <exception cref="TargetException">It is refused.</exception>
    public static void SetUp(NetworkDevice device)
    {
        using FileDescriptor socket = Sockets.Create(Sockets.InterNetwork, Sockets.Datagram);
        Settings.Write($"net/ipv6/conf/{device.Name}/disable_ipv6", "1");
        Set(socket, SetHardwareAddress, device.Name, Hardware(device.HardwareAddress));
        Set(socket, SetAddress, device.Name, Internet(device.Address));
        Set(socket, SetMask, device.Name, Internet([255, 255, 255, 0]));
        SetFlag(socket, device.Name, NoAddressResolution | Up);
        Set(socket, SetNeighbor, device);
    }

    /// <summary>A request about a device, with room for what is asked.</summary>
    public static byte[] Request(string name)
    {
        byte[] request = new byte[RequestBytes];
        Encoding.ASCII.GetBytes(name, request);
        return request;
    }

    private static void SetFlag(FileDescriptor socket, string name, ushort flags)
    {
        byte[] request = Request(name);
        Sockets.Control(socket, GetFlags, request, "SIOCGIFFLAGS");
        BitConverter.TryWriteBytes(request.AsSpan(NameBytes), (ushort)(BitConverter.ToUInt16(request, NameBytes) | flags));
        Sockets.Control(socket, SetFlags, request, "SIOCSIFFLAGS");
    }

    private static void Set(FileDescriptor socket, nuint code, string name, ReadOnlySpan<byte> address)
    {
        byte[] request = Request(name);
        address.CopyTo(request.AsSpan(NameBytes));
        Sockets.Control(socket, code, request, $"the address of {name}");
    }

    /// <summary>struct arpreq: both addresses, flags, a mask, the name.</summary>
    private static void Set(FileDescriptor socket, nuint code, NetworkDevice device)
    {
        byte[] request = new byte[(3 * Sockets.AddressBytes) + sizeof(int) + NameBytes];
        Internet(device.NeighborAddress).CopyTo(request, 0);
        Hardware(device.NeighborHardwareAddress).CopyTo(request, Sockets.AddressBytes);
        BitConverter.TryWriteBytes(request.AsSpan(2 * Sockets.AddressBytes), CompletePermanent);
        Encoding.ASCII.GetBytes(device.Name, request.AsSpan((3 * Sockets.AddressBytes) + sizeof(int)));
        Sockets.Control(socket, code, request, $"the neighbor of {device.Name}");
    }

    private static byte[] Hardware(ImmutableArray<byte> address) => Sockets.Address(Ethernet, [.. address]);

    private static byte[] Internet(ImmutableArray<byte> address) => Sockets.Address(Sockets.InterNetwork, [0, 0, .. address]);
}
