using BpfConformance.Abi;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_PERCPU_HASH (kernel/bpf/hashtab.c, 6.18).</summary>
/// <param name="definition">What was found right.</param>
internal sealed class PercpuHashMap(MapDefinition definition) : PercpuHashKind(definition)
{
    protected override Errno CheckRoom() => Index.Count == MaxEntries ? Errno.E2BIG : Errno.None;
}
