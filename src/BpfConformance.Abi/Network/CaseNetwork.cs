using System.Collections.Immutable;

namespace BpfConformance.Abi.Network;

/// <summary>
/// The network in which the hooks of a case are: two devices beside the loopback, without ARP, IPv6, and routes but those of their own
/// networks. Nothing is in it that sends by itself, and ICMP errors are not sent.
/// </summary>
public static class CaseNetwork
{
    /// <summary>The ifindex of the loopback device in every network of Linux.</summary>
    public const int Loopback = 1;

    /// <summary>The port of the UDP socket that receives what arrives for this host.</summary>
    public const ushort ReceiverPort = 7;

    /// <summary>The port of the two UDP sockets that share one.</summary>
    public const ushort SharedPort = 9;

    /// <summary>The ports of the two sides of the connection over the loopback (TCP).</summary>
    public const ushort ClientPort = 11;
    public const ushort ServerPort = 13;

    /// <summary>Its addresses.</summary>
    public static ImmutableArray<byte> LoopbackAddress { get; } = [127, 0, 0, 1];

    /// <summary>The port of a socket on which a system call leads to a hook, where the case states none.</summary>
    public const ushort CallerPort = 11;

    /// <summary>The longest packet of a device, without its link header.</summary>
    public const int DeviceMtu = 1500;

    private const int LoopbackMtu = 65536;

    public static ImmutableArray<NetworkDevice> Devices { get; } =
    [
        new("left",  7, [2, 0, 0, 0, 0, 7], [10, 0, 0, 1], [10, 0, 0, 2], [2, 0, 0, 0, 1, 7]),
        new("right", 8, [2, 0, 0, 0, 0, 8], [10, 0, 1, 1], [10, 0, 1, 2], [2, 0, 0, 0, 1, 8]),
    ];

    /// <summary>The device of a place that is one.</summary>
    public static NetworkDevice DeviceAt(NetworkPlace place) => Devices[(int)place];

    /// <summary>Whether there is a device with that ifindex.</summary>
    public static bool Has(int index) => index == Loopback || Devices.Any(device => device.Index == index);

    /// <summary>The longest packet of the device with that ifindex, without its link header; <c>null</c>: there is no such device.</summary>
    public static int? MtuOf(int index) => index == Loopback ? LoopbackMtu : Has(index) ? DeviceMtu : null;

    /// <summary>The device by which packets go to an IPv4 address, in network order; <c>null</c>: they go nowhere, or to the host itself or all hosts of a network.</summary>
    public static NetworkDevice? DeviceTo(ReadOnlySpan<byte> address)
    {
        const int NetworkBytes = 3;
        const byte AllHosts = 255;
        foreach (NetworkDevice device in Devices)
        {
            ReadOnlySpan<byte> own = device.Address.AsSpan();
            if (address[..NetworkBytes].SequenceEqual(own[..NetworkBytes])) return address.SequenceEqual(own) || address[NetworkBytes] == AllHosts ? null : device;
        }

        return null;
    }
}
