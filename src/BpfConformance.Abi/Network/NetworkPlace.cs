namespace BpfConformance.Abi.Network;

/// <summary>Where in the <see cref="CaseNetwork"/> programs are attached, and packets come out.</summary>
public enum NetworkPlace : byte
{
    /// <summary>The device of that name; of a packet, its wire.</summary>
    Left,

    /// <summary>The same.</summary>
    Right,

    /// <summary>The control group of the host's sockets.</summary>
    Group,

    /// <summary>The socket that receives datagrams, and sends them.</summary>
    Receiver,

    /// <summary>The first of the two sockets that share a port, in one group (SO_REUSEPORT).</summary>
    First,

    /// <summary>The other one.</summary>
    Second,

    /// <summary>The side that has begun a connection over the loopback (TCP).</summary>
    Client,

    /// <summary>The side that has accepted it.</summary>
    Server,

    /// <summary>The network itself, in which sockets are looked for.</summary>
    Host,
}
