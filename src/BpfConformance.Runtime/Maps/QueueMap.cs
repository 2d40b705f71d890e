using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_QUEUE: first in, first out.</summary>
/// <param name="definition">What was found right.</param>
internal sealed class QueueMap(MapDefinition definition) : QueueStackMap(definition)
{
    protected override GuestBytes FromNext(int pops) => At(pops);

    protected override void RemoveNext() => RemoveOldest();
}
