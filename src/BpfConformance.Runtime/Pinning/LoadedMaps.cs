using System.Collections.Immutable;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Runtime.Pinning;

/// <summary>The maps of a case as they are loaded.</summary>
/// <param name="Definitions">As they are stated.</param>
/// <param name="Indices">Which map each is, by its index: its own, or that of one that was pinned before where it is to be.</param>
public readonly record struct LoadedMaps(ImmutableArray<MapDefinition> Definitions, ImmutableArray<int> Indices)
{
    /// <summary>Those of a case in which all can be loaded.</summary>
    public static LoadedMaps Of(ImmutableArray<MapDefinition> definitions) => new(definitions, PinnedMaps.Of(definitions));

    /// <summary>Whether a map is its own, and none that was pinned before.</summary>
    public bool IsCreated(int map) => Indices[map] == map;
}
