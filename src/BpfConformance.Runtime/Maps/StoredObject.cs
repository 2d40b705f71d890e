using BpfConformance.Abi.Network;

namespace BpfConformance.Runtime.Maps;

/// <summary>An object of the kernel for which something can be stored. Of tasks, control groups and files there is one alone.</summary>
public enum StoredObject
{
    /// <summary>That which user space has a descriptor of: the task, the group, the file, the socket of the host.</summary>
    OfCase,

    /// <summary>A socket that a run has for itself.</summary>
    SocketOfRun,

    /// <summary>The socket of a wire.</summary>
    LeftWire,
    RightWire,

    /// <summary>Other sockets of the host.</summary>
    First,
    Second,
    Client,
    Server,
}

/// <summary>Which sockets they are.</summary>
public static class StoredObjects
{
    /// <summary>A socket of the host.</summary>
    /// <param name="socket">A place that is one.</param>
    public static StoredObject Of(NetworkPlace socket) => socket switch
    {
        NetworkPlace.First => StoredObject.First,
        NetworkPlace.Second => StoredObject.Second,
        NetworkPlace.Client => StoredObject.Client,
        NetworkPlace.Server => StoredObject.Server,
        NetworkPlace.Receiver => StoredObject.OfCase,
        NetworkPlace.Left or NetworkPlace.Right or NetworkPlace.Group or NetworkPlace.Host => throw new ArgumentOutOfRangeException(nameof(socket), socket, message: null),
    };
}
