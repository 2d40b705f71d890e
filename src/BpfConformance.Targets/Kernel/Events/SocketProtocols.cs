using BpfConformance.Targets.Kernel.Network;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>The protocols that sockets have of which none is said (uapi linux/in.h).</summary>
internal static class SocketProtocols
{
    public const int Udp = 17;

    private const int Tcp = 6;

    /// <param name="type">Of a socket of the internet.</param>
    public static int Of(int type) => type == Sockets.Datagram ? Udp : Tcp;
}
