namespace BpfConformance.Abi.Network;

/// <summary>States of a socket, also of one that does not speak TCP (include/net/tcp_states.h, 6.18).</summary>
public static class SocketStates
{
    /// <summary>TCP_ESTABLISHED: it has a peer.</summary>
    public const uint Established = 1;

    /// <summary>TCP_CLOSE: it has none.</summary>
    public const uint Closed = 7;
}
