namespace BpfConformance.Engine.Targets;

/// <summary>What user space does with a map by bpf(2).</summary>
public enum MapCommand
{
    Lookup,
    Update,
    Delete,
    LookupAndDelete,

    /// <summary>Of the key after the one that is given; of the first, when none is.</summary>
    NextKey,
    Freeze,
}

/// <summary>A step of user space with a map. What it gets is a value, or a key.</summary>
/// <param name="Command">What it does.</param>
/// <param name="Map">With which map of the case.</param>
/// <param name="Key">Of the map's size; empty: none is given.</param>
/// <param name="Value">For an update, and for a lookup in a bloom filter; else empty.</param>
/// <param name="Flags">Of the command.</param>
public sealed record MapStep(MapCommand Command, int Map, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, ulong Flags = 0) : UserStep;
