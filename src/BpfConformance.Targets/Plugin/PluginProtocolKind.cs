namespace BpfConformance.Targets.Plugin;

/// <summary>What a plug-in speaks.</summary>
public enum PluginProtocolKind
{
    /// <summary>That of <c>conformance/PROTOCOL.md</c>.</summary>
    Bpfconf,

    /// <summary>That of the older suite: a process for each run.</summary>
    BpfConformance,
}
