using System.Collections.Immutable;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random definitions of maps: small, and rich in edges.</summary>
internal sealed class DefinitionGenerator(Random random)
{
    private const int OneIn = 12;

    private static readonly int[] s_keyBytes = [1, 2, 3, 4, 4, 5, 7, 8, 8, 9, 12, 13, 16, 31, 64];
    private static readonly int[] s_prefixBytes = [5, 6, 7, 8, 8, 9, 12, 20, 36, 64];
    private static readonly int[] s_valueBytes = [1, 2, 3, 4, 4, 7, 8, 8, 9, 16, 17, 31, 64, 100, 300];

    private static readonly MapFlags[] s_access =
        [MapFlags.ReadOnly, MapFlags.WriteOnly, MapFlags.ReadOnlyForPrograms, MapFlags.WriteOnlyForPrograms];

    /// <summary>The map of the kind, after those that it may hold: two that look alike, and one that does not.</summary>
    public ImmutableArray<MapDefinition> Next(MapKind kind) =>
        kind.HoldsMaps
            ? [Inner("first", 8), Inner("second", 8), Inner("unlike", 4), Outer(kind) with { InnerMap = 0 }]
            : [WithContents(kind, Outer(kind))];

    private MapDefinition Outer(MapKind kind) => new(
        "map", kind.Type, KeyBytes(kind), kind.HoldsMaps ? sizeof(uint) : Pick(s_valueBytes), random.Next(1, 17))
    {
        Flags = kind.Required | Optional(kind) | (!kind.HoldsMaps && random.Next(OneIn) == 0 ? Pick(s_access) : MapFlags.None),
        Extra = kind.Type == MapType.BloomFilter ? (ulong)random.Next(8) : 0,
    };

    private static MapDefinition Inner(string name, int valueBytes) => new(name, MapType.Hash, sizeof(uint), valueBytes, 4);

    private int KeyBytes(MapKind kind) => kind.Keys switch
    {
        KeyShape.None => 0,
        KeyShape.Index => sizeof(uint),
        KeyShape.Bytes => Pick(s_keyBytes),
        KeyShape.Prefix => Pick(s_prefixBytes),
    };

    private MapFlags Optional(MapKind kind)
    {
        var flags = MapFlags.None;
        for (uint bit = 1; bit != 0; bit <<= 1)
        {
            if (((uint)kind.Optional & bit) != 0 && random.Next(2) == 0) flags |= (MapFlags)bit;
        }

        return flags;
    }

    /// <summary>Who may not write cannot fill either.</summary>
    private MapDefinition WithContents(MapKind kind, MapDefinition map)
    {
        bool mayBegin = kind.Keys != KeyShape.None && kind.Freedom == Freedom.None && !map.Flags.HasFlag(MapFlags.ReadOnly);
        if (!mayBegin || random.Next(3) > 0) return map;
        var keys = new KeyPool(random, kind.Keys, map);
        return map with { Contents = [.. keys.Distinct(random.Next(map.MaxEntries + 1), IsTaken).Select(key => new MapEntry(key, Value(map)))] };

        bool IsTaken(byte[] key) => kind.Keys switch
        {
            KeyShape.Index => BitConverter.ToUInt32(key) < (uint)map.MaxEntries,
            KeyShape.Prefix => BitConverter.ToUInt32(key) <= (uint)(map.KeyBytes - sizeof(uint)) * 8,
            KeyShape.Bytes or KeyShape.None => true,
        };
    }

    private byte[] Value(MapDefinition map)
    {
        var value = new byte[map.ValueBytes];
        random.NextBytes(value);
        return value;
    }

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];
}
