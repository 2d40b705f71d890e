namespace BpfConformance.Abi.Network;

/// <summary>States of a socket, also of one that does not speak TCP (include/net/tcp_states.h, 6.18).</summary>
public static class SocketStates
{
    /// <summary>TCP_ESTABLISHED: it has a peer.</summary>
    public const uint Established = 1;

    /// <summary>TCP_SYN_SENT: it is about to have one.</summary>
    public const uint Connecting = 2;

    /// <summary>TCP_SYN_RECV: somebody is about to become its peer.</summary>
    public const uint Requested = 3;

    /// <summary>TCP_LISTEN.</summary>
    public const uint Listening = 10;

    /// <summary>TCP_NEW_SYN_RECV: of what is yet to become a socket.</summary>
    public const uint NewRequest = 12;

    /// <summary>TCP_CLOSE: it has none.</summary>
    public const uint Closed = 7;
}
