namespace BpfConformance.Runtime.Execution;

/// <summary>What a machine knows of the sockets that a helper looks for.</summary>
public enum SocketLookups : byte
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>Those of the host, by their ports.</summary>
    ByPort,

    /// <summary>A program would be asked first: no helper runs another one here.</summary>
    ByPrograms,
}
