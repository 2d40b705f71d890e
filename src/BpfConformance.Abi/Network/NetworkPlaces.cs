namespace BpfConformance.Abi.Network;

/// <summary>What kind of place each is.</summary>
public static class NetworkPlaces
{
    /// <summary>Of the number of a place.</summary>
    public const byte Last = (byte)NetworkPlace.Host;

    /// <summary>Whether it is a socket of the host, which user space can put into maps.</summary>
    public static bool IsSocket(this NetworkPlace place) => place is >= NetworkPlace.Receiver and <= NetworkPlace.Server;

    /// <summary>Whether it is a side of the connection.</summary>
    public static bool IsStream(this NetworkPlace place) => place is NetworkPlace.Client or NetworkPlace.Server;
}
