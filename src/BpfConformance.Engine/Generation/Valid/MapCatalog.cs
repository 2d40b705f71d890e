using System.Collections.Immutable;
using System.Text;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>The maps that programs use. A case takes each at most once; all machines hash, evict and count alike in them.</summary>
internal static class MapCatalog
{
    /// <summary>Of the values that stand for memory where the program is given none.</summary>
    public const int MemoryBytes = 64;

    /// <summary>Of the texts of <see cref="Texts"/>: where the one is that says how two numbers are written.</summary>
    public const int FormatOffset = 16;

    public static MapDefinition Memory { get; } = Of("memory", MapType.Array, 4, MemoryBytes, 1);

    public static MapDefinition Globals { get; } = Of("globals", MapType.Array, 4, 40, 1);

    public static MapDefinition Array { get; } = Of("array", MapType.Array, 4, 24, 4);

    public static MapDefinition Hash { get; } = Of("hash", MapType.Hash, 4, 16, 8);

    public static MapDefinition Locked { get; } = new("locked", MapType.Array, 4, 24, 2) { Fields = [new(ValueFieldKind.SpinLock, 0)] };

    public static MapDefinition Ring { get; } = new("ring", MapType.Ringbuf, 0, 0, 4096);

    public static MapDefinition Events { get; } = new("events", MapType.PerfEventArray, 4, 4, 2);

    public static MapDefinition Queue { get; } = new("queue", MapType.Queue, 0, 8, 4);

    public static MapDefinition Stack { get; } = new("stack", MapType.Stack, 0, 16, 4);

    public static MapDefinition Bloom { get; } = new("bloom", MapType.BloomFilter, 0, 8, 16, MapFlags.ZeroSeed);

    public static MapDefinition Devices { get; } = new("devices", MapType.Devmap, 4, 4, 4);

    /// <summary>The maps of maps name the array as what those in them look like: it stands before them in a case.</summary>
    public static MapDefinition Maps { get; } = new("maps", MapType.ArrayOfMaps, 4, 4, 2);

    public static MapDefinition HashOfMaps { get; } = new("hash_of_maps", MapType.HashOfMaps, 4, 4, 2);

    public static MapDefinition Programs { get; } = new("programs", MapType.ProgArray, 4, 4, 4)
    {
        Contents = [new MapEntry(BitConverter.GetBytes(0), BitConverter.GetBytes(1))],
    };

    /// <summary>What leads from a program to itself.</summary>
    public static MapDefinition Itself { get; } = new("itself", MapType.ProgArray, 4, 4, 1)
    {
        Contents = [new MapEntry(BitConverter.GetBytes(0), BitConverter.GetBytes(0))],
    };

    /// <summary>Texts that nobody can change.</summary>
    public static MapDefinition Texts { get; } = new("texts", MapType.Array, 4, 32, 1, MapFlags.ReadOnlyForPrograms)
    {
        Contents = [new MapEntry(new byte[4], Encoding.ASCII.GetBytes("text".PadRight(FormatOffset, '\0') + "%d,%llx".PadRight(16, '\0')))],
    };

    /// <summary>Those with keys, whose values programs look up.</summary>
    public static ImmutableArray<MapDefinition> Keyed { get; } =
    [
        Array, Hash,
        Of("wide_hash", MapType.Hash, 8, 32, 4),
        Of("lru_hash", MapType.LruHash, 4, 8, 8),
        Of("percpu_array", MapType.PercpuArray, 4, 8, 3),
        Of("percpu_hash", MapType.PercpuHash, 4, 16, 4),
        new("lpm_trie", MapType.LpmTrie, 8, 8, 8, MapFlags.NoPreallocation) { Contents = [new MapEntry(BitConverter.GetBytes(8ul), Words(8, 5))] },
    ];

    private static readonly ImmutableArray<MapDefinition> s_pushed = [Queue, Stack, Bloom];
    private static readonly ImmutableArray<MapDefinition> s_popped = [Queue, Stack];
    private static readonly ImmutableArray<MapDefinition> s_peeked = [Queue, Stack, Bloom];

    /// <summary>The maps that a helper takes.</summary>
    public static ImmutableArray<MapDefinition> For(HelperPrototype helper) => helper.Name switch
    {
        "map_push_elem" => s_pushed,
        "map_pop_elem" => s_popped,
        "map_peek_elem" => s_peeked,
        "perf_event_output" => [Events],
        "ringbuf_output" or "ringbuf_query" => [Ring],
        "redirect_map" => [Devices],
        "map_lookup_percpu_elem" => [Keyed[4], Keyed[5]],
        "map_delete_elem" => [Hash, Keyed[2], Keyed[3], Keyed[5], Keyed[6]],
        _ => Keyed,
    };

    private static MapDefinition Of(string name, MapType type, int keyBytes, int valueBytes, int entries)
    {
        bool isPerCpu = type is MapType.PercpuArray or MapType.PercpuHash;
        return new MapDefinition(name, type, keyBytes, valueBytes, entries)
        {
            Contents = isPerCpu ? [] :
            [
                .. Enumerable.Range(0, Math.Min(entries, 2)).Select(key =>
                    new MapEntry(keyBytes == 8 ? BitConverter.GetBytes((ulong)key) : BitConverter.GetBytes(key), Words(valueBytes, (ulong)(key + valueBytes)))),
            ],
        };
    }

    private static byte[] Words(int bytes, ulong chance)
    {
        var words = new byte[bytes];
        EdgeWords.Fill(words, chance * 0x9e3779b97f4a7c15);
        return words;
    }
}
