using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_ARRAY_OF_MAPS (kernel/bpf/arraymap.c, 6.18): programs look maps up.</summary>
internal sealed class ArrayOfMaps : FdArray
{
    private readonly InnerMaps _maps;

    /// <param name="definition">What was found right.</param>
    public ArrayOfMaps(MapDefinition definition)
        : this(definition, new InnerMaps(definition.MaxEntries, definition.InnerMap!.Value)) // what is found right has one
    {
    }

    private ArrayOfMaps(MapDefinition definition, InnerMaps maps)
        : base(definition, maps) => _maps = maps;

    public override BatchKinds Batches => BatchKinds.Lookup | BatchKinds.Update;

    public override long Lookup(GuestBytes key)
    {
        uint index = ArrayRules.IndexOf(key);
        return index < (uint)MaxEntries ? _maps.AddressOf((int)index) : 0;
    }
}
