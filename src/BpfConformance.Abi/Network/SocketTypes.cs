namespace BpfConformance.Abi.Network;

/// <summary>Kernel <c>SOCK_*</c> (include/linux/net.h, 6.18) and <c>IPPROTO_*</c> (include/uapi/linux/in.h).</summary>
public static class SocketTypes
{
    public const uint Stream = 1;

    public const uint Datagram = 2;

    public const uint Udp = 17;

    public const uint Tcp = 6;

    /// <summary>The protocol of a socket of the internet that was made with none.</summary>
    public static uint ProtocolOf(uint type) => type == Datagram ? Udp : Tcp;
}
