using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>What keys of a kind of map are.</summary>
internal enum KeyShape
{
    None,
    Bytes,

    /// <summary>u32.</summary>
    Index,

    /// <summary>A length in bits (u32), and bytes.</summary>
    Prefix,
}

/// <summary>How much of what a kind of map does is laid down.</summary>
internal enum Freedom
{
    None,

    /// <summary>The machine chooses whom it forgets.</summary>
    Eviction,

    /// <summary>What was never added may be found, unless all machines hash alike.</summary>
    FalsePositives,
}

/// <summary>What random sequences do with one kind of map.</summary>
/// <param name="Type">The kind.</param>
/// <param name="Keys">What its keys are.</param>
/// <param name="Required">Flags that it is always created with.</param>
/// <param name="Optional">Flags that it may be created with; who may do what apart.</param>
/// <param name="ByProgram">What programs do.</param>
/// <param name="ByUser">What user space does.</param>
/// <param name="Freedom">What is compared by guarantees.</param>
internal sealed record MapKind(
    MapType Type, KeyShape Keys, MapFlags Required, MapFlags Optional, MapDeed[] ByProgram, MapCommand[] ByUser, Freedom Freedom = Freedom.None)
{
    // Updates twice: what is there is of more interest than what is not.
    private static readonly MapDeed[] s_values = [MapDeed.Lookup, MapDeed.Store, MapDeed.Update, MapDeed.Update, MapDeed.Delete];
    private static readonly MapDeed[] s_processors = [.. s_values, MapDeed.LookupOn];
    private static readonly MapDeed[] s_pops = [MapDeed.Push, MapDeed.Pop, MapDeed.Peek];
    private static readonly MapDeed[] s_bits = [MapDeed.Push, MapDeed.Peek];
    private static readonly MapDeed[] s_lookups = [MapDeed.Lookup];
    private static readonly MapDeed[] s_inner = [MapDeed.LookupInner, MapDeed.UpdateInner];

    private static readonly MapCommand[] s_all =
        [MapCommand.Lookup, MapCommand.Update, MapCommand.Update, MapCommand.Delete, MapCommand.LookupAndDelete, MapCommand.NextKey];

    /// <summary>The kernel's structures that lie in its values, wherever they may.</summary>
    public ValueFieldKind[] Fields { get; init; } = [];

    /// <summary>Whether an update may be under the lock of a value.</summary>
    public bool HasLock => Fields.Contains(ValueFieldKind.SpinLock);

    /// <summary>Every kind that is compared.</summary>
    public static ImmutableArray<MapKind> All { get; } =
    [
        new(MapType.Hash, KeyShape.Bytes, MapFlags.None, MapFlags.NoPreallocation | MapFlags.ZeroSeed, s_values, s_all),
        new(MapType.Array, KeyShape.Index, MapFlags.None, MapFlags.None, s_values, s_all),
        new(MapType.PercpuArray, KeyShape.Index, MapFlags.None, MapFlags.None, s_processors, s_all),
        new(MapType.PercpuHash, KeyShape.Bytes, MapFlags.None, MapFlags.NoPreallocation | MapFlags.ZeroSeed, s_processors, s_all),
        new(MapType.LruHash, KeyShape.Bytes, MapFlags.None, MapFlags.NoCommonLru | MapFlags.ZeroSeed, s_values, s_all, Freedom.Eviction),
        new(MapType.LruPercpuHash, KeyShape.Bytes, MapFlags.None, MapFlags.NoCommonLru | MapFlags.ZeroSeed, s_processors, s_all, Freedom.Eviction),
        new(MapType.LpmTrie, KeyShape.Prefix, MapFlags.NoPreallocation, MapFlags.None, s_values, s_all),
        new(MapType.Queue, KeyShape.None, MapFlags.None, MapFlags.None, s_pops, s_all),
        new(MapType.Stack, KeyShape.None, MapFlags.None, MapFlags.None, s_pops, s_all),
        new(MapType.BloomFilter, KeyShape.None, MapFlags.None, MapFlags.ZeroSeed, s_bits, s_all, Freedom.FalsePositives),
        new(MapType.ArrayOfMaps, KeyShape.Index, MapFlags.None, MapFlags.None, s_inner, s_all),
        new(MapType.HashOfMaps, KeyShape.Bytes, MapFlags.None, MapFlags.ZeroSeed, s_inner, s_all),
        new(MapType.Devmap, KeyShape.Index, MapFlags.None, MapFlags.None, s_lookups, s_all),
        new(MapType.DevmapHash, KeyShape.Bytes, MapFlags.None, MapFlags.None, s_lookups, s_all),
        new(MapType.Cpumap, KeyShape.Index, MapFlags.None, MapFlags.None, [], s_all),
        new(MapType.PerfEventArray, KeyShape.Index, MapFlags.None, MapFlags.None, [], s_all),
        new(MapType.CgroupArray, KeyShape.Index, MapFlags.None, MapFlags.None, [], s_all),
        .. WithFields(MapType.Hash, KeyShape.Bytes, MapFlags.NoPreallocation | MapFlags.ZeroSeed),
        .. WithFields(MapType.Array, KeyShape.Index, MapFlags.None),
        new(MapType.PercpuHash, KeyShape.Bytes, MapFlags.None, MapFlags.NoPreallocation | MapFlags.ZeroSeed, s_processors, s_all) { Fields = [ValueFieldKind.Kptr] },
        new(MapType.PercpuArray, KeyShape.Index, MapFlags.None, MapFlags.None, s_processors, s_all) { Fields = [ValueFieldKind.KptrUntrusted] },
    ];

    private static IEnumerable<MapKind> WithFields(MapType type, KeyShape keys, MapFlags optional)
    {
        ValueFieldKind[][] choices = [[ValueFieldKind.SpinLock], [ValueFieldKind.Timer], [ValueFieldKind.SpinLock, ValueFieldKind.Timer], [ValueFieldKind.SpinLock, ValueFieldKind.Kptr]];
        foreach (ValueFieldKind[] fields in choices)
        {
            bool hasLock = fields[0] == ValueFieldKind.SpinLock;
            yield return new(type, keys, MapFlags.None, optional, hasLock ? [.. s_values, MapDeed.StoreLocked] : s_values, s_all) { Fields = fields };
        }
    }

    /// <summary>Whether its values are other maps.</summary>
    public bool HoldsMaps => Type is MapType.ArrayOfMaps or MapType.HashOfMaps;

    /// <summary>Whether its values are devices.</summary>
    public bool HoldsDevices => Type is MapType.Devmap or MapType.DevmapHash;

    /// <summary>Whether its values are numbers of other things, to which programs have no access.</summary>
    public bool HoldsNumbers => NamesPrograms || Type is MapType.PerfEventArray or MapType.CgroupArray;

    /// <summary>Whether behind the number a program may stand.</summary>
    public bool NamesPrograms => HoldsDevices || Type == MapType.Cpumap;

    /// <summary>Whether the kernel waits for others after changes.</summary>
    public bool IsSlow => HoldsMaps || Type == MapType.Cpumap;

    /// <summary>A random value; where it is the number of something, mostly of what there is.</summary>
    public byte[] NewValue(Random random, int bytes)
    {
        var value = new byte[bytes];
        random.NextBytes(value);
        if (!HoldsNumbers) return value;
        value.AsSpan().Clear(); // behind a device no program
        int[] numbers = NumbersOf(Type);
        BitConverter.TryWriteBytes(value, numbers[random.Next(numbers.Length)]);
        return value;
    }

    private static int[] NumbersOf(MapType type) => type switch
    {
        MapType.Cpumap => [0, 1, 16, 16, 192, 16384, 16385, -1], // how many packets wait
        MapType.PerfEventArray => [(int)PerfEventKind.Event, (int)PerfEventKind.EventElsewhere, (int)PerfEventKind.Dummy],
        MapType.CgroupArray => [(int)ControlGroupKind.Group, (int)ControlGroupKind.Outside],
        _ => [0, 9, CaseNetwork.Loopback, CaseNetwork.Loopback, 7, 7, 8, 8],
    };

    /// <summary>
    /// What programs may do with a map that has these flags: the verifier decides at the load (record_func_map and
    /// check_map_access_type, 6.18).
    /// </summary>
    public MapDeed[] AllowedIn(MapFlags flags) =>
    [
        .. ByProgram.Where(deed => deed switch
        {
            MapDeed.Store or MapDeed.StoreLocked or MapDeed.Update or MapDeed.Delete or MapDeed.Push or MapDeed.Pop => !flags.HasFlag(MapFlags.ReadOnlyForPrograms),
            MapDeed.Lookup or MapDeed.LookupOn => !flags.HasFlag(MapFlags.WriteOnlyForPrograms),
            _ => true,
        }),
    ];

    public override string ToString() => string.Join(" with ", Fields.Select(field => field.ToString()).Prepend(Type.ToString()));
}
