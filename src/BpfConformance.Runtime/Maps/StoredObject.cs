namespace BpfConformance.Runtime.Maps;

/// <summary>An object of the kernel for which something can be stored. Of tasks and control groups there is one alone.</summary>
public enum StoredObject
{
    /// <summary>That which user space has a descriptor of: the task, the group, the socket of the host.</summary>
    OfCase,

    /// <summary>A socket that a run has for itself.</summary>
    SocketOfRun,

    /// <summary>The socket of a wire.</summary>
    LeftWire,
    RightWire,
}
