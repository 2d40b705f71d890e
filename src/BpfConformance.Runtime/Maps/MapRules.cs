using System.Numerics;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// What the kernel asks of each kind of map when it is created: its map_alloc_check, and what its map_alloc says first (6.18).
/// </summary>
internal static class MapRules
{
    /// <summary>KMALLOC_MAX_SIZE with pages of 4 KiB (include/linux/slab.h): 4 MiB.</summary>
    private const long MaxAllocationBytes = 4 << 20;

    /// <summary>PCPU_MIN_UNIT_SIZE (include/linux/percpu.h): the most bytes that a processor has for one value.</summary>
    private const int MaxProcessorBytes = 32 << 10;

    /// <summary>sizeof(struct htab_elem).</summary>
    private const int HashElementBytes = 48;

    /// <summary>LPM_DATA_SIZE_MAX: bytes of the longest prefix.</summary>
    private const int MaxPrefixBytes = 256;

    /// <summary>sizeof(struct lpm_trie_node).</summary>
    private const int TrieNodeBytes = 24;

    /// <summary>The most hash functions of a bloom filter: map_extra has four bits for them.</summary>
    private const ulong MaxBloomHashes = 15;

    /// <summary>BPF_LOCAL_STORAGE_MAX_VALUE_SIZE (include/linux/bpf_local_storage.h): what U16_MAX leaves beside struct bpf_local_storage_elem.</summary>
    private const int MaxStorageBytes = 65407;

    /// <summary>The most that NR_CPUS can be (arch/x86/Kconfig, MAXSMP): each kernel has its own limit up to there.</summary>
    private const uint MaxProcessors = 8192;

    private const ulong PageBytes = 4096;
    private const ulong MaxArenaBytes = 1ul << 32;

    private const MapFlags OfHash = MapFlags.NoPreallocation | MapFlags.NumaNode | MapFlags.Access | MapFlags.ZeroSeed;
    private const MapFlags OfArray =
        MapFlags.NumaNode | MapFlags.Mmapable | MapFlags.Access | MapFlags.InnerMap;

    /// <summary>htab_map_alloc_check (kernel/bpf/hashtab.c).</summary>
    public static Errno CheckHash(MapDefinition map) =>
        HasOther(map, OfHash) || HasEmptyPart(map) ? Errno.EINVAL
        : (long)map.KeyBytes + map.ValueBytes >= MaxAllocationBytes - HashElementBytes ? Errno.E2BIG
        : Errno.None;

    public static Errno CheckPercpuHash(MapDefinition map) =>
        map.Flags.HasFlag(MapFlags.NumaNode) ? Errno.EINVAL : WithProcessorValues(CheckHash(map), map);

    /// <summary>The memory of what may be forgotten is taken when the map is created.</summary>
    public static Errno CheckLruHash(MapDefinition map) =>
        HasOther(map, OfHash | MapFlags.NoCommonLru) ? Errno.EINVAL
        : map.Flags.HasFlag(MapFlags.NoPreallocation) ? Errno.ENOTSUPP
        : map.Flags.HasFlag(MapFlags.NoCommonLru | MapFlags.NumaNode) ? Errno.EINVAL
        : CheckHash(map with { Flags = map.Flags & ~MapFlags.NoCommonLru });

    public static Errno CheckLruPercpuHash(MapDefinition map)
    {
        Errno error = WithProcessorValues(CheckLruHash(map), map);
        bool hasRightParts = error is Errno.None or Errno.E2BIG;
        return hasRightParts && map.Flags.HasFlag(MapFlags.NumaNode) ? Errno.EINVAL : error;
    }

    /// <summary>fd_htab_map_alloc_check.</summary>
    public static Errno CheckHashOfMaps(MapDefinition map) => map.ValueBytes != sizeof(uint) ? Errno.EINVAL : CheckHash(map);

    /// <summary>array_map_alloc_check (kernel/bpf/arraymap.c).</summary>
    public static Errno CheckArray(MapDefinition map) =>
        HasEmptyPart(map) || map.KeyBytes != sizeof(uint) || HasOther(map, OfArray) ? Errno.EINVAL : Errno.None;

    public static Errno CheckPercpuArray(MapDefinition map) =>
        HasOther(map, MapFlags.Access) ? Errno.EINVAL : WithProcessorValues(CheckArray(map), map);

    /// <summary>fd_array_map_alloc_check: programs never write, so nobody may say so.</summary>
    public static Errno CheckFdArray(MapDefinition map) =>
        map.ValueBytes != sizeof(uint) || HasOther(map, MapFlags.NumaNode | MapFlags.ReadOnly | MapFlags.WriteOnly)
            ? Errno.EINVAL
            : CheckArray(map);

    /// <summary>The same; this kind alone may keep what a process has put in when that closes it.</summary>
    public static Errno CheckPerfEventArray(MapDefinition map) => CheckFdArray(map with { Flags = map.Flags & ~MapFlags.PreserveElements });

    /// <summary>ringbuf_map_alloc (kernel/bpf/ringbuf.c): what has neither keys nor values has as many bytes as it says.</summary>
    public static Errno CheckRing(MapDefinition map) =>
        HasOther(map, MapFlags.NumaNode) || map.KeyBytes != 0 || map.ValueBytes != 0 || !BitOperations.IsPow2(map.MaxEntries) || map.MaxEntries < RingBuffers.PageBytes
            ? Errno.EINVAL
            : Errno.None;

    /// <summary>trie_alloc (kernel/bpf/lpm_trie.c).</summary>
    public static Errno CheckLpmTrie(MapDefinition map) =>
        HasEmptyPart(map) || HasOther(map, MapFlags.NoPreallocation | MapFlags.NumaNode | MapFlags.Access) ? Errno.EINVAL
        : !map.Flags.HasFlag(MapFlags.NoPreallocation) ? Errno.EINVAL
        : map.KeyBytes is <= sizeof(uint) or > sizeof(uint) + MaxPrefixBytes ? Errno.EINVAL
        : map.ValueBytes > MaxAllocationBytes - MaxPrefixBytes - TrieNodeBytes ? Errno.EINVAL
        : Errno.None;

    /// <summary>arena_map_alloc (kernel/bpf/arena.c): whole pages from an address on, or from none, whose upper half they all have.</summary>
    public static Errno CheckArena(MapDefinition map)
    {
        bool isWrong = map.KeyBytes != 0 || map.ValueBytes != 0 || map.MaxEntries == 0 || !map.Flags.HasFlag(MapFlags.Mmapable)
            || HasOther(map, MapFlags.Mmapable | MapFlags.SegvOnFault | MapFlags.NoUserConversion) || map.Extra % PageBytes != 0;
        ulong bytes = (uint)map.MaxEntries * PageBytes;
        return isWrong ? Errno.EINVAL
            : bytes > MaxArenaBytes ? Errno.E2BIG
            : map.Extra >> 32 != unchecked(map.Extra + bytes - 1) >> 32 ? Errno.ERANGE
            : Errno.None;
    }

    /// <summary>stack_map_alloc (kernel/bpf/stackmap.c).</summary>
    public static Errno CheckStackTrace(MapDefinition map)
    {
        int each = map.Flags.HasFlag(MapFlags.StackBuildId) ? StackTraces.BuildIdBytes : sizeof(ulong);
        bool isWrong = HasOther(map, MapFlags.NumaNode | MapFlags.ReadOnly | MapFlags.WriteOnly | MapFlags.StackBuildId)
            || map.MaxEntries == 0 || map.KeyBytes != sizeof(uint)
            || map.ValueBytes < sizeof(ulong) || map.ValueBytes % each != 0 || map.ValueBytes / each > StackTraces.MaxDepth;
        return isWrong ? Errno.EINVAL : Errno.None;
    }

    /// <summary>queue_stack_map_alloc_check (kernel/bpf/queue_stack_maps.c).</summary>
    public static Errno CheckQueueOrStack(MapDefinition map) => CheckKeyless(map, MapFlags.NumaNode | MapFlags.Access);

    /// <summary>bloom_map_alloc_check (kernel/bpf/bloom_filter.c).</summary>
    public static Errno CheckBloomFilter(MapDefinition map) =>
        map.Extra > MaxBloomHashes ? Errno.EINVAL : CheckKeyless(map, MapFlags.NumaNode | MapFlags.ZeroSeed | MapFlags.Access);

    /// <summary>dev_map_init_map (kernel/bpf/devmap.c).</summary>
    public static Errno CheckDevmap(MapDefinition map) =>
        CheckTargets(map, MapFlags.NumaNode | MapFlags.ReadOnly | MapFlags.WriteOnly);

    /// <summary>cpu_map_alloc (kernel/bpf/cpumap.c).</summary>
    public static Errno CheckCpumap(MapDefinition map) =>
        CheckTargets(map, MapFlags.NumaNode) is not Errno.None and var error ? error
        : (uint)map.MaxEntries > MaxProcessors ? Errno.E2BIG
        : Errno.None;

    /// <summary>xsk_map_alloc (net/xdp/xskmap.c).</summary>
    public static Errno CheckXskmap(MapDefinition map) =>
        map.ValueBytes != sizeof(uint) ? Errno.EINVAL : CheckTargets(map, MapFlags.NumaNode | MapFlags.ReadOnly | MapFlags.WriteOnly);

    /// <summary>cgroup_storage_map_alloc (kernel/bpf/local_storage.c): how many elements there are is not said.</summary>
    public static Errno CheckCgroupStorage(MapDefinition map) => CheckCgroupStorage(map, MaxStorageBytes);

    public static Errno CheckPercpuCgroupStorage(MapDefinition map) => CheckCgroupStorage(map, MaxProcessorBytes);

    private static Errno CheckCgroupStorage(MapDefinition map, int maxValueBytes) =>
        map.KeyBytes is not (GroupStorageKeys.GroupBytes or GroupStorageKeys.HookBytes) || map.ValueBytes == 0 ? Errno.EINVAL
        : (uint)map.ValueBytes > (uint)maxValueBytes ? Errno.E2BIG
        : HasOther(map, MapFlags.NumaNode | MapFlags.Access) || map.MaxEntries != 0 ? Errno.EINVAL
        : Errno.None;

    /// <summary>bpf_local_storage_map_alloc_check (kernel/bpf/bpf_local_storage.c): the key is a descriptor.</summary>
    public static Errno CheckObjectStorage(MapDefinition map) =>
        HasOther(map, MapFlags.NoPreallocation | MapFlags.Clone) || !map.Flags.HasFlag(MapFlags.NoPreallocation) ? Errno.EINVAL
        : map.MaxEntries != 0 || map.KeyBytes != sizeof(int) || map.ValueBytes == 0 ? Errno.EINVAL
        : (uint)map.ValueBytes > MaxStorageBytes ? Errno.E2BIG
        : Errno.None;

    /// <summary>reuseport_array_alloc_check (kernel/bpf/reuseport_array.c).</summary>
    public static Errno CheckReuseportArray(MapDefinition map) => CheckTargets(map, MapFlags.NumaNode | MapFlags.Access);

    /// <summary>sock_map_alloc (net/core/sock_map.c).</summary>
    public static Errno CheckSockmap(MapDefinition map) => CheckTargets(map, MapFlags.NumaNode | MapFlags.ReadOnly | MapFlags.WriteOnly);

    /// <summary>sock_hash_alloc: a key has room on a stack.</summary>
    public static Errno CheckSockhash(MapDefinition map) => map.KeyBytes == 0 ? Errno.EINVAL
        : CheckSockmap(map with { KeyBytes = sizeof(uint) }) is not Errno.None and var error ? error
        : map.KeyBytes > MachineLimits.StackBytes ? Errno.E2BIG
        : Errno.None;

    private static Errno CheckTargets(MapDefinition map, MapFlags allowed) =>
        map.MaxEntries == 0 || map.KeyBytes != sizeof(uint) || map.ValueBytes is not (sizeof(uint) or 2 * sizeof(uint)) || HasOther(map, allowed)
            ? Errno.EINVAL
            : Errno.None;

    private static Errno CheckKeyless(MapDefinition map, MapFlags allowed) =>
        map.KeyBytes != 0 || map.ValueBytes == 0 || map.MaxEntries == 0 || HasOther(map, allowed) ? Errno.EINVAL
        : map.ValueBytes > MaxAllocationBytes ? Errno.E2BIG
        : Errno.None;

    private static Errno WithProcessorValues(Errno error, MapDefinition map) =>
        error == Errno.None && map.ValueBytes > MaxProcessorBytes ? Errno.E2BIG : error;

    private static bool HasOther(MapDefinition map, MapFlags allowed) => (map.Flags & ~allowed) != MapFlags.None;

    private static bool HasEmptyPart(MapDefinition map) => map.KeyBytes == 0 || map.ValueBytes == 0 || map.MaxEntries == 0;
}
