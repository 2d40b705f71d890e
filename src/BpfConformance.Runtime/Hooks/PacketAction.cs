namespace BpfConformance.Runtime.Hooks;

/// <summary>What programs of XDP, or of tc, let become of a packet.</summary>
internal enum PacketAction
{
    Drop,
    Pass,

    /// <summary>Out where it came in.</summary>
    Transmit,

    /// <summary>To where a helper has said.</summary>
    Redirect,
}
