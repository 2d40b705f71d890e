using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE. As one value user space has the first processor's.</summary>
/// <param name="definition">What was found right.</param>
internal sealed class PercpuCgroupStorageMap(MapDefinition definition) : CgroupStorageKind(definition), IPerProcessorMap
{
    public override int Elements => Capacity * Processors;

    public Errno ReadAll(GuestBytes key, GuestBytes values)
    {
        int element = Find(key);
        if (element < 0) return Errno.ENOENT;
        Of(element).ReadAll(values);
        return Errno.None;
    }

    public Errno WriteAll(GuestBytes key, GuestBytes values, ulong flags)
    {
        Errno error = CheckWrite(key, flags, out int element);
        if (error == Errno.None) Of(element).WriteAll(values);
        return error;
    }

    protected override GuestBytes ValueOf(int element) => Of(element).First;

    protected override long AddressOf(int element) => Of(element).AddressOn(0);

    protected override void Begin(int element, GuestBytes value) => Of(element).Begin(value);

    protected override void Zero(int element)
    {
        for (int processor = 0; processor < Processors; processor++) Values[(element * Processors) + processor].Clear(ValueBytes);
    }

    private ProcessorValues Of(int element) => new(Values, element, ValueBytes, Fields);
}
