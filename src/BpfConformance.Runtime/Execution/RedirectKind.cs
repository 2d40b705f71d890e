namespace BpfConformance.Runtime.Execution;

/// <summary>What a packet is redirected to.</summary>
public enum RedirectKind
{
    /// <summary>No helper said.</summary>
    None,

    /// <summary>A device.</summary>
    Device,

    /// <summary>The other end of a pair of devices, in its network.</summary>
    Peer,

    /// <summary>A device; the header of the link layer is made anew, for the neighbor to which routes lead.</summary>
    Neighbor,

    /// <summary>The same, for the neighbor that is stated.</summary>
    NextHop,

    /// <summary>What an entry of a map says; of a broadcast what all entries of it say.</summary>
    MapEntry,

    /// <summary>A socket, which an entry of a map has said: the place is the index.</summary>
    Socket,
}
