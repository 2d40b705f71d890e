using BpfConformance.Abi.Maps;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>What user space does with a map by bpf(2). Results are errno; 0: it was done.</summary>
/// <param name="map">The map; it stays the caller's.</param>
/// <param name="siblings">The maps of its case: values that are maps or programs are descriptors there, and indices here.</param>
internal sealed unsafe class KernelMapAccess(KernelMap map, CaseMaps siblings)
{
    private readonly byte[] _value = new byte[ValueBytes(map.Definition)];
    private readonly ValueTranslation _values = new(map.Definition, siblings);
    private readonly KeyTranslation _keys = new(map.Definition, siblings.Objects);

    private bool HoldsEvents => map.Definition is { Type: MapType.PerfEventArray, ValueBytes: sizeof(uint) };

    /// <summary>Whether each processor has values of its own.</summary>
    public static bool IsPerProcessor(MapDefinition map) =>
        map.Type is MapType.PercpuArray or MapType.PercpuHash or MapType.LruPercpuHash or MapType.PercpuCgroupStorage;

    /// <param name="command">Which of the two lookups.</param>
    /// <param name="key">Of the map's size.</param>
    /// <param name="value">Gets the value; of a map per processor that of the first. Of a bloom filter: what is looked for.</param>
    /// <param name="flags">Of the command.</param>
    public int Lookup(BpfCommand command, ReadOnlySpan<byte> key, Span<byte> value, ulong flags)
    {
        if (map.Definition.Type == MapType.BloomFilter) value.CopyTo(_value);
        int errno = Call(command, key, _value, flags);
        if (errno == 0) _values.FromKernel(_value, value);
        return errno;
    }

    /// <summary>Of a map per processor: gives the first the value, and the others zeros.</summary>
    public int Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags)
    {
        _values.ToKernel(value, _value);
        if (HoldsEvents) BitConverter.TryWriteBytes(_value, map.Events.DescriptorOf(BitConverter.ToUInt32(key), (PerfEventKind)BitConverter.ToInt32(value)));
        int errno = Call(BpfCommand.MapUpdateElem, key, _value, flags);
        if (errno == 0 && KernelMap.HoldsPrograms(map.Definition)) map.Programs[BitConverter.ToUInt32(key)] = BitConverter.ToInt32(value);
        return errno;
    }

    public int Delete(ReadOnlySpan<byte> key)
    {
        int errno = Call(BpfCommand.MapDeleteElem, key, [], flags: 0);
        if (errno == 0 && KernelMap.HoldsPrograms(map.Definition)) map.Programs.Remove(BitConverter.ToUInt32(key));
        return errno;
    }

    /// <param name="key">After which; empty: the first.</param>
    /// <param name="next">Gets the key.</param>
    public int NextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        int errno = Call(BpfCommand.MapGetNextKey, key, next, flags: 0);
        if (errno == 0) _keys.FromKernel(next);
        return errno;
    }

    public int Freeze()
    {
        int errno = Call(BpfCommand.MapFreeze, key: [], value: [], flags: 0);
        if (errno == 0) map.IsFrozen = true;
        return errno;
    }

    /// <summary>The bytes that the kernel has for a value.</summary>
    public static int ValueBytes(MapDefinition map) => IsPerProcessor(map)
        ? (int)KernelMap.PaddedValueBytes(map) * PossibleProcessors.Count
        : map.ValueBytes;

    private int Call(BpfCommand command, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags)
    {
        fixed (byte* keyBytes = _keys.ToKernel(key))
        fixed (byte* valueBytes = value)
        {
            var attributes = new MapElementAttributes { MapFd = map.Fd, Key = keyBytes, Value = valueBytes, Flags = flags };
            int result = Bpf.Call(command, ref attributes);
            return result < 0 ? -result : 0;
        }
    }
}
