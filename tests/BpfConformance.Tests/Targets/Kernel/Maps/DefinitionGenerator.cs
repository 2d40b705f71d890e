using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random definitions of maps: small, and rich in edges.</summary>
internal sealed class DefinitionGenerator(Random random)
{
    private const int OneIn = 12;

    /// <summary>How many packets wait for a processor.</summary>
    private const int UsualQueue = 192;

    private static readonly int[] s_keyBytes = [1, 2, 3, 4, 4, 5, 7, 8, 8, 9, 12, 13, 16, 31, 64];
    private static readonly int[] s_prefixBytes = [5, 6, 7, 8, 8, 9, 12, 20, 36, 64];
    private static readonly int[] s_valueBytes = [1, 2, 3, 4, 4, 7, 8, 8, 9, 16, 17, 31, 64, 100, 300];

    private static readonly int[] s_behindFields = [0, 0, 1, 3, 4, 8, 12, 31, 100];

    private static readonly MapFlags[] s_accessOfUser = [MapFlags.ReadOnly, MapFlags.WriteOnly];

    private static readonly MapFlags[] s_access =
        [MapFlags.ReadOnly, MapFlags.WriteOnly, MapFlags.ReadOnlyForPrograms, MapFlags.WriteOnlyForPrograms];

    /// <summary>The map of the kind, after those that it may hold: two that look alike, and one that does not.</summary>
    public ImmutableArray<MapDefinition> Next(MapKind kind) =>
        kind.HoldsMaps
            ? [Inner("first", 8), Inner("second", 8), Inner("unlike", 4), Outer(kind) with { InnerMap = 0 }]
            : [WithContents(kind, kind.Fields.Length > 0 ? WithFields(kind, Outer(kind)) : Outer(kind))];

    /// <summary>Each field somewhere behind the one before; programs read and write such values.</summary>
    private MapDefinition WithFields(MapKind kind, MapDefinition map)
    {
        var fields = ImmutableArray.CreateBuilder<ValueField>();
        int end = 0;
        foreach (ValueFieldKind each in kind.Fields.OrderBy(_ => random.Next()))
        {
            int alignment = new ValueField(each, 0).Alignment;
            fields.Add(new ValueField(each, (((end + alignment - 1) / alignment) + random.Next(4)) * alignment));
            end = fields[^1].End;
        }

        return map with
        {
            ValueBytes = end + Pick(s_behindFields),
            Fields = fields.ToImmutable(),
            Flags = map.Flags & ~(MapFlags.ReadOnlyForPrograms | MapFlags.WriteOnlyForPrograms),
        };
    }

    private MapDefinition Outer(MapKind kind) => new(
        "map", kind.Type, KeyBytes(kind), ValueBytes(kind), random.Next(1, 17))
    {
        Flags = kind.Required | Optional(kind) | (random.Next(OneIn) == 0 ? Pick(AccessOf(kind)) : MapFlags.None),
        Extra = kind.Type == MapType.BloomFilter ? (ulong)random.Next(8) : 0,
    };

    private static MapFlags[] AccessOf(MapKind kind) =>
        kind.HoldsMaps || kind.Type == MapType.Cpumap ? [MapFlags.None] : kind.HoldsNumbers ? s_accessOfUser : s_access;

    private static MapDefinition Inner(string name, int valueBytes) => new(name, MapType.Hash, sizeof(uint), valueBytes, 4);

    private int ValueBytes(MapKind kind) =>
        kind.NamesPrograms ? sizeof(uint) * random.Next(1, 3)
        : kind.HoldsMaps || kind.HoldsNumbers ? sizeof(uint)
        : Pick(s_valueBytes);

    private int KeyBytes(MapKind kind) => kind.Keys switch
    {
        KeyShape.None => 0,
        KeyShape.Index => sizeof(uint),
        KeyShape.Bytes => kind.HoldsDevices ? sizeof(uint) : Pick(s_keyBytes),
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
        return map with { Contents = [.. keys.Distinct(random.Next(map.MaxEntries + 1), IsTaken).Select(key => new MapEntry(key, Begun(kind, map)))] };

        bool IsTaken(byte[] key) => kind.Keys switch
        {
            KeyShape.Index => BitConverter.ToUInt32(key) < (kind.Type == MapType.Cpumap ? Math.Min((uint)map.MaxEntries, Map.Processors) : (uint)map.MaxEntries),
            KeyShape.Prefix => BitConverter.ToUInt32(key) <= (uint)(map.KeyBytes - sizeof(uint)) * 8,
            KeyShape.Bytes or KeyShape.None => true,
        };
    }

    /// <summary>A value that an update takes.</summary>
    private byte[] Begun(MapKind kind, MapDefinition map)
    {
        byte[] value = kind.NewValue(random, map.ValueBytes);
        if (kind.HoldsDevices) value[0] = CaseNetwork.Loopback;
        if (kind.Type == MapType.Cpumap) BitConverter.TryWriteBytes(value, UsualQueue);
        return value;
    }

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];
}
