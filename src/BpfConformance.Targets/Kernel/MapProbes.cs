using BpfConformance.Abi.Maps;

namespace BpfConformance.Targets.Kernel;

/// <summary>A small map of each kind: the sizes and flags that the kernel wants of it.</summary>
internal static class MapProbes
{
    private const int PageBytes = 4096;

    /// <summary>The kernel that brought the kind, and a definition that it creates.</summary>
    public static IReadOnlyList<(string Since, MapDefinition Definition)> Rows { get; } =
    [
        ("3.19", Map(MapType.Hash, 4, 8, 4)),
        ("3.19", Map(MapType.Array, 4, 8, 4)),
        ("4.2",  Map(MapType.ProgArray, 4, 4, 4)),
        ("4.3",  Map(MapType.PerfEventArray, 4, 4, 1)),
        ("4.6",  Map(MapType.PercpuHash, 4, 8, 4)),
        ("4.6",  Map(MapType.PercpuArray, 4, 8, 4)),
        ("4.6",  Map(MapType.StackTrace, 4, 64, 4)),
        ("4.8",  Map(MapType.CgroupArray, 4, 4, 1)),
        ("4.10", Map(MapType.LruHash, 4, 8, 4)),
        ("4.10", Map(MapType.LruPercpuHash, 4, 8, 4)),
        ("4.11", Map(MapType.LpmTrie, 8, 8, 4, MapFlags.NoPreallocation)),
        ("4.12", Map(MapType.ArrayOfMaps, 4, 4, 1)),
        ("4.12", Map(MapType.HashOfMaps, 4, 4, 1)),
        ("4.14", Map(MapType.Devmap, 4, 4, 1)),
        ("4.14", Map(MapType.Sockmap, 4, 4, 1)),
        ("4.15", Map(MapType.Cpumap, 4, 4, 1)),
        ("4.18", Map(MapType.Xskmap, 4, 4, 1)),
        ("4.18", Map(MapType.Sockhash, 4, 4, 1)),
        ("4.19", Map(MapType.CgroupStorage, 8, 8, 0)),
        ("4.19", Map(MapType.ReuseportSockarray, 4, 8, 1)),
        ("4.20", Map(MapType.PercpuCgroupStorage, 8, 8, 0)),
        ("4.20", Map(MapType.Queue, 0, 8, 4)),
        ("4.20", Map(MapType.Stack, 0, 8, 4)),
        ("5.2",  Map(MapType.SkStorage, 4, 8, 0, MapFlags.NoPreallocation)),
        ("5.4",  Map(MapType.DevmapHash, 4, 4, 1)),
        ("5.6",  Map(MapType.StructOps, 4, 8, 1)),
        ("5.8",  Map(MapType.Ringbuf, 0, 0, PageBytes)),
        ("5.10", Map(MapType.InodeStorage, 4, 8, 0, MapFlags.NoPreallocation)),
        ("5.11", Map(MapType.TaskStorage, 4, 8, 0, MapFlags.NoPreallocation)),
        ("5.16", Map(MapType.BloomFilter, 0, 8, 4)),
        ("6.1",  Map(MapType.UserRingbuf, 0, 0, PageBytes)),
        ("6.2",  Map(MapType.CgrpStorage, 4, 8, 0, MapFlags.NoPreallocation)),
        ("6.9",  Map(MapType.Arena, 0, 0, 1, MapFlags.Mmapable)),
    ];

    /// <summary>Whether this kernel creates the small map of each kind that there is among others.</summary>
    public static bool HasAllKinds(IEnumerable<MapDefinition> maps) => maps.Select(map => map.Type).Distinct().All(type =>
    {
        using KernelMap? inner = KernelMap.TryCreateMemory(sizeof(ulong), out _);
        using KernelMap? map = Rows.FirstOrDefault(row => row.Definition.Type == type) is { Definition: { } definition }
            ? KernelMap.TryCreate(definition, out _, inner)
            : null;
        return map is not null;
    });

    /// <summary>What the creation of a kind names that cannot be made up here, so that this probe cannot ask for it; <c>null</c>: nothing.</summary>
    public static string? Needs(MapType type) => type == MapType.StructOps ? "BTF of a kernel structure" : null;

    private static MapDefinition Map(MapType type, int keyBytes, int valueBytes, int maxEntries, MapFlags flags = MapFlags.None) =>
        new(type.ToString(), type, keyBytes, valueBytes, maxEntries, flags);
}
