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

    private const int AddressBytes = 16; // struct sockaddr

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
        using Socket socket = Socket.Create();
        SetFlag(socket, name, Up);
    }

    /// <summary>Gives a device its addresses, tells it who is its neighbor, and turns it on.</summary>
    /// <exception cref="TargetException">It is refused.</exception>
    public static void SetUp(NetworkDevice device)
    {
        using Socket socket = Socket.Create();
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

    /// <summary>ioctl(2).</summary>
    /// <param name="file">Of what.</param>
    /// <param name="code">What is asked.</param>
    /// <param name="request">As the code wants it; gets the answer.</param>
    /// <param name="subject">For the message.</param>
    /// <exception cref="TargetException">It is refused.</exception>
    public static void Control(FileDescriptor file, nuint code, byte[] request, string subject)
    {
        fixed (byte* bytes = request)
        {
            if (Native.ioctl(file.Number, code, bytes) < 0) throw Native.Failed(subject);
        }
    }

    private static void SetFlag(Socket socket, string name, ushort flags)
    {
        byte[] request = Request(name);
        Control(socket.Descriptor, GetFlags, request, "SIOCGIFFLAGS");
        BitConverter.TryWriteBytes(request.AsSpan(NameBytes), (ushort)(BitConverter.ToUInt16(request, NameBytes) | flags));
        Control(socket.Descriptor, SetFlags, request, "SIOCSIFFLAGS");
    }

    private static void Set(Socket socket, nuint code, string name, ReadOnlySpan<byte> address)
    {
        byte[] request = Request(name);
        address.CopyTo(request.AsSpan(NameBytes));
        Control(socket.Descriptor, code, request, $"the address of {name}");
    }

    /// <summary>struct arpreq: both addresses, flags, a mask, the name.</summary>
    private static void Set(Socket socket, nuint code, NetworkDevice device)
    {
        byte[] request = new byte[(3 * AddressBytes) + sizeof(int) + NameBytes];
        Internet(device.NeighborAddress).CopyTo(request, 0);
        Hardware(device.NeighborHardwareAddress).CopyTo(request, AddressBytes);
        BitConverter.TryWriteBytes(request.AsSpan(2 * AddressBytes), CompletePermanent);
        Encoding.ASCII.GetBytes(device.Name, request.AsSpan((3 * AddressBytes) + sizeof(int)));
        Control(socket.Descriptor, code, request, $"the neighbor of {device.Name}");
    }

    /// <summary>A <c>struct sockaddr</c> of a device.</summary>
    private static byte[] Hardware(ImmutableArray<byte> address)
    {
        byte[] all = new byte[AddressBytes];
        BitConverter.TryWriteBytes(all, Ethernet);
        address.CopyTo(all, sizeof(ushort));
        return all;
    }

    private static byte[] Internet(ImmutableArray<byte> address) => InternetAddress.Of(AddressFamilies.InterNetwork, [0, 0], address.AsSpan());
}
