using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_STACK: last in, first out.</summary>
/// <param name="definition">What was found right.</param>
internal sealed class StackMap(MapDefinition definition) : QueueStackMap(definition)
{
    protected override GuestBytes FromNext(int pops) => At(Count - 1 - pops);

    protected override void RemoveNext() => RemoveNewest();
}
