using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_CGROUP_STORAGE: one value for all processors.</summary>
/// <param name="definition">What was found right.</param>
internal sealed class CgroupStorageMap(MapDefinition definition) : CgroupStorageKind(definition)
{
    public override int Elements => Capacity;

    protected override GuestBytes ValueOf(int element) => Values[element];

    protected override long AddressOf(int element) => Values.AddressOf(element);

    protected override void Begin(int element, GuestBytes value) => value.CopyTo(Values[element], ValueBytes);

    protected override void Zero(int element) => Values[element].Clear(ValueBytes);
}
