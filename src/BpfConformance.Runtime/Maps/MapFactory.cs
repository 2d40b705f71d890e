using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>The kinds of maps that the runtime has, and what the kernel asks of each when it is created.</summary>
public static class MapFactory
{
    /// <summary>KMALLOC_MAX_SIZE with pages of 4 KiB (include/linux/slab.h, 6.18): 4 MiB.</summary>
    private const long MaxAllocationBytes = 4 << 20;

    /// <summary>The most bytes that the values of a map have here: as much as a machine's memory, with what lies between them.</summary>
    private const long MaxValueBytes = 256 << 20;

    private static readonly ImmutableDictionary<MapType, Kind> s_kinds = new Dictionary<MapType, Kind>
    {
        [MapType.Hash] = new(definition => new HashMap(definition), CheckHash),
        [MapType.Array] = new(definition => new ArrayMap(definition), CheckArray),
    }.ToImmutableDictionary();

    /// <summary>The kinds that there are.</summary>
    public static ImmutableSortedSet<MapType> Types { get; } = [.. s_kinds.Keys];

    /// <summary>What BPF_MAP_CREATE answers; <see cref="Errno.None"/>: the map can be created.</summary>
    /// <param name="definition">Of a kind that there is.</param>
    public static Errno Check(MapDefinition definition)
    {
        Errno error = s_kinds[definition.Type].Check(definition);
        if (error != Errno.None) return error;

        MapFlags sides = definition.Flags & MapFlags.Access;
        bool excludes = sides.HasFlag(MapFlags.ReadOnly | MapFlags.WriteOnly)
            || sides.HasFlag(MapFlags.ReadOnlyForPrograms | MapFlags.WriteOnlyForPrograms);
        return excludes ? Errno.EINVAL : Errno.None; // bpf_map_flags_access_ok
    }

    /// <summary>Why a map that the kernel would create has no room here; <c>null</c>: it has.</summary>
    public static string? WhyTooLarge(MapDefinition definition)
    {
        long bytes = (long)definition.MaxEntries * (2L * definition.ValueBytes) * Map.Processors;
        bool fits = bytes <= MaxValueBytes && (definition.MaxEntries + 1L) * Map.Processors <= Provenance.MaxElements;
        return fits ? null : $"a map of {definition.MaxEntries} values of {definition.ValueBytes} bytes has no room";
    }

    /// <summary>A map that <see cref="Check"/> and <see cref="WhyTooLarge"/> have found right.</summary>
    public static Map Create(MapDefinition definition) => s_kinds[definition.Type].Create(definition);

    /// <summary>htab_map_alloc_check (kernel/bpf/hashtab.c, 6.18).</summary>
    private static Errno CheckHash(MapDefinition map) =>
        (map.Flags & ~(MapFlags.NoPreallocation | MapFlags.NumaNode | MapFlags.Access | MapFlags.ZeroSeed)) != MapFlags.None ? Errno.EINVAL
        : HasEmptyPart(map) ? Errno.EINVAL
        : (long)map.KeyBytes + map.ValueBytes >= MaxAllocationBytes - HashElementBytes ? Errno.E2BIG
        : Errno.None;

    /// <summary>sizeof(struct htab_elem).</summary>
    private const int HashElementBytes = 48;

    /// <summary>array_map_alloc_check (kernel/bpf/arraymap.c, 6.18).</summary>
    private static Errno CheckArray(MapDefinition map) =>
        HasEmptyPart(map) || map.KeyBytes != sizeof(uint) ? Errno.EINVAL
        : (map.Flags & ~(MapFlags.NumaNode | MapFlags.Mmapable | MapFlags.Access | MapFlags.PreserveElements | MapFlags.InnerMap)) != MapFlags.None ? Errno.EINVAL
        : Errno.None;

    private static bool HasEmptyPart(MapDefinition map) => map.KeyBytes == 0 || map.ValueBytes == 0 || map.MaxEntries == 0;

    private sealed record Kind(Func<MapDefinition, Map> Create, Func<MapDefinition, Errno> Check);
}
