using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>One map in the kernel; an array is mapped into this process, so that no system call stands between runs.</summary>
internal sealed class KernelMap : IDisposable
{
    private readonly FileDescriptor _descriptor;
    private readonly MappedMemory? _memory;
    private byte[]? _batchEnd;
    private KernelPerfEvents? _events;

    private KernelMap(MapDefinition definition, FileDescriptor descriptor, MappedMemory? memory) =>
        (Definition, _descriptor, _memory) = (definition, descriptor, memory);

    public MapDefinition Definition { get; }

    public int Fd => _descriptor.Number;

    /// <summary>The number that the kernel gave it.</summary>
    public uint Id => ObjectId.Of(_descriptor);

    /// <summary>Of an array of programs: what is in it, by index. Only user space puts programs in, so no system call has to ask.</summary>
    public Dictionary<uint, int> Programs { get; } = [];

    /// <summary>Of a map of maps: whether those are in it that it has at first.</summary>
    public bool HasMaps { get; set; }

    /// <summary>Where the last batch of a sequence of steps ended: a key, or the number of a bucket; zeros at first.</summary>
    public byte[] BatchEnd => _batchEnd ??= new byte[Math.Max(Definition.KeyBytes, sizeof(uint))];

    /// <summary>Of an array of perf events: those that are or were in it.</summary>
    public KernelPerfEvents Events => _events ??= new();

    /// <summary>Whether user space may not write any more.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Whether the contents can be seen and cleared from here.</summary>
    public bool IsMapped => _memory is not null;

    /// <summary>The values, each padded to eight bytes.</summary>
    public Span<byte> Memory => (_memory ?? throw new InvalidOperationException("the map is not mapped")).Span;

    /// <summary>An array of one value, mapped.</summary>
    public static KernelMap? TryCreateMemory(int bytes, out int errno) =>
        TryCreate(new MapDefinition("memory", MapType.Array, sizeof(uint), bytes, MaxEntries: 1), out errno);

    /// <summary>An array of one value, mapped.</summary>
    /// <param name="bytes">Of the value.</param>
    /// <param name="purpose">What it is for, as the message goes on.</param>
    /// <exception cref="TargetException">The kernel does not create it.</exception>
    public static KernelMap CreateMemory(int bytes, string purpose) => TryCreateMemory(bytes, out int errno)
        ?? throw new TargetException($"the map of {bytes} bytes for {purpose} cannot be created: {Errnos.Name(errno)}");

    /// <summary>
    /// How far apart values lie, for user space: the kernel pads each to eight bytes (kernel/bpf/arraymap.c, array_map_alloc;
    /// kernel/bpf/syscall.c, bpf_map_value_size).
    /// </summary>
    public static long PaddedValueBytes(MapDefinition map) => (map.ValueBytes + 7L) & ~7L;

    /// <summary>Whether values are other maps.</summary>
    public static bool HoldsMaps(MapDefinition map) => map.Type is MapType.ArrayOfMaps or MapType.HashOfMaps;

    /// <summary>Whether values are programs.</summary>
    public static bool HoldsPrograms(MapDefinition map) => map.Type == MapType.ProgArray;

    /// <summary>
    /// Whether the kernel maps it into a process: not with structures of its own in values (bpf_map_mmap, kernel/bpf/syscall.c). What is pinned has just the flags
    /// that are stated.
    /// </summary>
    public static bool MayBeMapped(MapDefinition map)
    {
        const MapFlags NotMapped = MapFlags.ReadOnly | MapFlags.WriteOnly | MapFlags.ReadOnlyForPrograms | MapFlags.InnerMap;
        return map is { Type: MapType.Array, Pin: null } && (map.Flags & NotMapped) == MapFlags.None && map.Fields.IsEmpty;
    }

    /// <summary>Creates the map, or returns <c>null</c> and the error. Its contents are all zero, or there are none.</summary>
    /// <param name="definition">What to create.</param>
    /// <param name="errno">0 when created.</param>
    /// <param name="inner">What the maps in a map of maps look like; <c>null</c>: none is given.</param>
    /// <param name="mayBeMapped">Whether an array may be mapped into this process. The kernel freezes no map that is, and tells the one from the other.</param>
    public static KernelMap? TryCreate(MapDefinition definition, out int errno, KernelMap? inner = null, bool mayBeMapped = true)
    {
        bool isMapped = mayBeMapped && MayBeMapped(definition);
        var attributes = new MapCreateAttributes
        {
            MapType = (uint)definition.Type,
            KeyBytes = (uint)definition.KeyBytes,
            ValueBytes = (uint)definition.ValueBytes,
            MaxEntries = (uint)definition.MaxEntries,
            Extra = definition.Extra,
            Flags = (uint)(definition.Flags | (isMapped ? MapFlags.Mmapable : MapFlags.None)),
        };
        if (HoldsMaps(definition)) attributes.InnerMapFd = inner?.Fd ?? -1;

        using FileDescriptor? types = MapTypes.Describe(definition, ref attributes, out errno);
        if (errno != 0) return null;

        int fd = Bpf.Call(BpfCommand.MapCreate, ref attributes);
        errno = -fd;
        if (fd < 0) return null;

        errno = 0;
        var descriptor = new FileDescriptor(fd);
        if (!isMapped) return new KernelMap(definition, descriptor, memory: null);

        long bytes = PaddedValueBytes(definition) * definition.MaxEntries;
        if (bytes > int.MaxValue) return new KernelMap(definition, descriptor, memory: null);
        if (MappedMemory.TryMap(descriptor, (int)bytes, out errno) is { } memory) return new KernelMap(definition, descriptor, memory);
        descriptor.Dispose();
        return null;
    }

    /// <summary>Maps a part of a ring buffer, or returns <c>null</c> and the error.</summary>
    public MappedMemory? TryMap(int offset, int bytes, bool isWritable, out int errno) =>
        MappedMemory.TryMap(_descriptor, bytes, out errno, offset, isWritable);

    /// <summary>Says that it has refused what it is to begin with.</summary>
    public TargetException Refused(int errno) => new($"map {Definition.Name} does not take what it is to begin with: {Errnos.Name(errno)}");

    public void Dispose()
    {
        _events?.Dispose();
        _memory?.Dispose();
        _descriptor.Dispose();
    }
}
