using System.Collections.Immutable;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Maps;

/// <summary>A map as a program needs it. Programs name maps by their index in the case, in whichever form of lddw.</summary>
/// <param name="Name">As written in the case; unique there.</param>
/// <param name="Type">Kind of map.</param>
/// <param name="KeyBytes">Size of a key.</param>
/// <param name="ValueBytes">Size of a value.</param>
/// <param name="MaxEntries">Capacity.</param>
/// <param name="Flags">How it is created.</param>
public sealed record MapDefinition(string Name, MapType Type, int KeyBytes, int ValueBytes, int MaxEntries, MapFlags Flags = MapFlags.None)
{
    /// <summary>What user space puts in before the first run, in this order.</summary>
    public ImmutableArray<MapEntry> Contents { get; init; } = [];

    /// <summary>Of a map of maps: the index in the case of a map that all maps in it look like; <c>null</c>: none is given.</summary>
    public int? InnerMap { get; init; }

    /// <summary>Kernel <c>map_extra</c>: of a bloom filter how many bits each value sets; 0 means 5.</summary>
    public ulong Extra { get; init; }

    /// <summary>The kernel's structures in its values, as they are stated; <see cref="ValueFields"/> says which of them there are.</summary>
    public ImmutableArray<ValueField> Fields { get; init; } = [];

    /// <summary>
    /// Where it is pinned when the case begins; <c>null</c>: nowhere. If a map before it is pinned there, the two are one map, which begins as the first is stated,
    /// and what else is stated of the second means nothing.
    /// </summary>
    public MapPin? Pin { get; init; }

    /// <summary>
    /// Flags that the kernel says the map has: what user space opens it for is none of them, and programs only read those of devices
    /// (kernel/bpf/devmap.c, 6.18, dev_map_init_map).
    /// </summary>
    public MapFlags FlagsAfterwards =>
        (Flags & ~MapFlags.OfTheOpened) | (Type is MapType.Devmap or MapType.DevmapHash ? MapFlags.ReadOnlyForPrograms : MapFlags.None);

    /// <summary>Whether behind the number in a value stands a program that sees what goes there; maps of these kinds with shorter values have numbers alone.</summary>
    public bool CanNamePrograms => this is { Type: MapType.Devmap or MapType.DevmapHash or MapType.Cpumap, ValueBytes: 2 * sizeof(uint) };

    /// <summary>Whether user space puts sockets in.</summary>
    public bool HoldsSockets => Type is MapType.Sockmap or MapType.Sockhash or MapType.ReuseportSockarray;

    /// <summary>Whether what comes out of it are records, each with a length of its own.</summary>
    public bool HoldsRecords => Type is MapType.Ringbuf or MapType.UserRingbuf or MapType.PerfEventArray;

    /// <summary>Whether its elements come with programs that are attached to a control group: one for each group and hook, or for each group.</summary>
    public bool IsGroupStorage => Type is MapType.CgroupStorage or MapType.PercpuCgroupStorage;

    /// <summary>Whether its elements are those of objects, which user space names by descriptors: of sockets, files, tasks and control groups.</summary>
    public bool IsObjectStorage => Type is MapType.SkStorage or MapType.InodeStorage or MapType.TaskStorage or MapType.CgrpStorage;

    /// <summary>Whether only a machine that knows such objects creates it.</summary>
    public bool IsOfObjects => IsGroupStorage || IsObjectStorage || Type == MapType.CgroupArray;

    /// <summary>The most entries that it can have at one time.</summary>
    public int MostEntries => IsGroupStorage ? BpfProgram.MaxPrograms : IsObjectStorage ? 1 : MaxEntries;

    /// <summary>Whether it is a ring of <see cref="MaxEntries"/> bytes.</summary>
    public bool IsRing => Type is MapType.Ringbuf or MapType.UserRingbuf;
}

/// <summary>
/// A key and its value. In a map of maps the value is the index of a map of the case, as four bytes. What is put into an array of perf events is a
/// <see cref="PerfEventKind"/>, and into one of control groups a <see cref="ControlGroupKind"/>, as four bytes. A socket is its <see cref="Network.NetworkPlace"/>, in the first four bytes.
/// </summary>
public sealed record MapEntry(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value);
