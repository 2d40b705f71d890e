using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>The kinds of maps that the runtime has, and what the kernel asks of each when it is created.</summary>
public static class MapFactory
{
    /// <summary>The most bytes that the values of a map have here: as much as a machine's memory, with what lies between them.</summary>
    private const long MaxValueBytes = 256 << 20;

    /// <summary>The largest ring: what a program reserves in it has memory of its own here.</summary>
    private const int MaxRingBytes = 1 << 20;

    private static readonly ImmutableDictionary<MapType, Kind> s_kinds = new Dictionary<MapType, Kind>
    {
        [MapType.Hash] = new(definition => new HashMap(definition), MapRules.CheckHash),
        [MapType.Array] = new(definition => new ArrayMap(definition), MapRules.CheckArray),
        [MapType.ProgArray] = new(definition => new ProgArrayMap(definition), MapRules.CheckFdArray),
        [MapType.PercpuHash] = new(definition => new PercpuHashMap(definition), MapRules.CheckPercpuHash),
        [MapType.PercpuArray] = new(definition => new PercpuArrayMap(definition), MapRules.CheckPercpuArray),
        [MapType.LruHash] = new(definition => new LruHashMap(definition), MapRules.CheckLruHash),
        [MapType.LruPercpuHash] = new(definition => new LruPercpuHashMap(definition), MapRules.CheckLruPercpuHash),
        [MapType.LpmTrie] = new(definition => new LpmTrieMap(definition), MapRules.CheckLpmTrie),
        [MapType.ArrayOfMaps] = new(definition => new ArrayOfMaps(definition), MapRules.CheckFdArray),
        [MapType.HashOfMaps] = new(definition => new HashOfMaps(definition), MapRules.CheckHashOfMaps),
        [MapType.Devmap] = new(definition => new DevMap(definition), MapRules.CheckDevmap),
        [MapType.DevmapHash] = new(definition => new DevMapHash(definition), MapRules.CheckDevmap),
        [MapType.Sockmap] = new(definition => new SockMap(definition), MapRules.CheckSockmap),
        [MapType.Sockhash] = new(definition => new SockHash(definition), MapRules.CheckSockhash),
        [MapType.Cpumap] = new(definition => new CpuMap(definition), MapRules.CheckCpumap),
        [MapType.Xskmap] = new(definition => new XskMap(definition), MapRules.CheckXskmap),
        [MapType.CgroupArray] = new(definition => new CgroupArrayMap(definition), MapRules.CheckFdArray),
        [MapType.CgroupStorage] = new(definition => new CgroupStorageMap(definition), MapRules.CheckCgroupStorage),
        [MapType.PercpuCgroupStorage] = new(definition => new PercpuCgroupStorageMap(definition), MapRules.CheckPercpuCgroupStorage),
        [MapType.SkStorage] = new(definition => new ObjectStorageMap(definition), MapRules.CheckObjectStorage),
        [MapType.InodeStorage] = new(definition => new ObjectStorageMap(definition), MapRules.CheckObjectStorage),
        [MapType.TaskStorage] = new(definition => new ObjectStorageMap(definition), MapRules.CheckObjectStorage),
        [MapType.CgrpStorage] = new(definition => new ObjectStorageMap(definition), MapRules.CheckObjectStorage),
        [MapType.ReuseportSockarray] = new(definition => new ReuseportArrayMap(definition), MapRules.CheckReuseportArray),
        [MapType.Queue] = new(definition => new QueueMap(definition), MapRules.CheckQueueOrStack),
        [MapType.Stack] = new(definition => new StackMap(definition), MapRules.CheckQueueOrStack),
        [MapType.PerfEventArray] = new(definition => new PerfEventArrayMap(definition), MapRules.CheckPerfEventArray),
        [MapType.Ringbuf] = new(definition => new RingBufferMap(definition), MapRules.CheckRing),
        [MapType.UserRingbuf] = new(definition => new UserRingBufferMap(definition), MapRules.CheckRing),
        [MapType.Arena] = new(definition => new ArenaMap(definition), MapRules.CheckArena),
        [MapType.StackTrace] = new(definition => new StackTraceMap(definition), MapRules.CheckStackTrace),
        [MapType.BloomFilter] = new(definition => new BloomFilterMap(definition), MapRules.CheckBloomFilter),
    }.ToImmutableDictionary();

    /// <summary>The kinds that there are.</summary>
    public static ImmutableSortedSet<MapType> Types { get; } = [.. s_kinds.Keys];

    /// <summary>What BPF_MAP_CREATE answers; <see cref="Errno.None"/>: the map can be created.</summary>
    /// <param name="definition">Of a kind that there is.</param>
    /// <param name="siblings">The maps of the case.</param>
    public static Errno Check(MapDefinition definition, ImmutableArray<MapDefinition> siblings)
    {
        if (definition.Extra != 0 && definition.Type is not (MapType.BloomFilter or MapType.Arena)) return Errno.EINVAL; // map_create
        Errno error = s_kinds[definition.Type].Check(definition);
        if (error != Errno.None) return error;

        MapFlags sides = definition.Flags & MapFlags.Access;
        bool excludes = sides.HasFlag(MapFlags.ReadOnly | MapFlags.WriteOnly)
            || sides.HasFlag(MapFlags.ReadOnlyForPrograms | MapFlags.WriteOnlyForPrograms);
        if (excludes) return Errno.EINVAL; // bpf_map_flags_access_ok
        if (CheckFields(definition) is not Errno.None and var unfit) return unfit;
        return IsOfMaps(definition) ? CheckInner(definition, siblings) : Errno.None;
    }

    /// <summary>map_check_btf (kernel/bpf/syscall.c, 6.18): what has no keys has no types either, and few kinds have fields.</summary>
    private static Errno CheckFields(MapDefinition map)
    {
        if (map.Fields.IsEmpty) return Errno.None;
        if (ValueFields.CheckTypes(map) is not Errno.None and var error) return error;
        if (map.KeyBytes == 0 && map.Type != MapType.BloomFilter) return Errno.EINVAL;
        ValueFields fields = ValueFields.Of(map);
        bool isOneSided = (map.Flags & (MapFlags.ReadOnlyForPrograms | MapFlags.WriteOnlyForPrograms)) != MapFlags.None
            || map.Type is MapType.Devmap or MapType.DevmapHash; // programs only read those
        if (!fields.All.IsEmpty && isOneSided) return Errno.EACCES;
        bool canHaveAll = (!fields.HasSpinLock || map.Type is MapType.Hash or MapType.Array or MapType.CgroupStorage || map.IsObjectStorage)
            && (!fields.HasTimer || map.Type is MapType.Hash or MapType.LruHash or MapType.Array)
            && (!fields.HasPointer || map.IsObjectStorage || map.Type is MapType.Hash or MapType.PercpuHash or MapType.LruHash or MapType.LruPercpuHash
                or MapType.Array or MapType.PercpuArray);
        return !canHaveAll ? Errno.EOPNOTSUPP
            : map.IsGroupStorage ? Errno.EINVAL // cgroup_storage_check_btf: the bytes that keys are told as are none of its types
            : Errno.None;
    }

    /// <summary>Why a map that the kernel would create has no room here; <c>null</c>: it has.</summary>
    public static string? WhyTooLarge(MapDefinition definition)
    {
        long bytes = (long)definition.MaxEntries * (2L * definition.ValueBytes) * Map.Processors;
        if (definition.IsRing) return definition.MaxEntries <= MaxRingBytes ? null : $"a ring of {definition.MaxEntries} bytes has no room";
        bool fits = bytes <= MaxValueBytes && (definition.MaxEntries + 1L) * Map.Processors <= Provenance.MaxElements;
        return fits ? null : $"a map of {definition.MaxEntries} values of {definition.ValueBytes} bytes has no room";
    }

    /// <summary>A map that <see cref="Check"/> and <see cref="WhyTooLarge"/> have found right.</summary>
    public static Map Create(MapDefinition definition) => s_kinds[definition.Type].Create(definition);

    private static bool IsOfMaps(MapDefinition map) => map.Type is MapType.ArrayOfMaps or MapType.HashOfMaps;

    /// <summary>bpf_map_meta_alloc (kernel/bpf/map_in_map.c, 6.18): maps of maps and of programs, and what is stored at control groups, are not in others.</summary>
    private static Errno CheckInner(MapDefinition map, ImmutableArray<MapDefinition> siblings) =>
        map.InnerMap is not { } inner || (uint)inner >= (uint)siblings.Length ? Errno.EBADF
        : IsOfMaps(siblings[inner]) ? Errno.EINVAL
        : siblings[inner].Type == MapType.ProgArray || siblings[inner].IsGroupStorage ? Errno.ENOTSUPP
        : Errno.None;

    private sealed record Kind(Func<MapDefinition, Map> Create, Func<MapDefinition, Errno> Check);
}
