using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_LRU_PERCPU_HASH (kernel/bpf/hashtab.c, 6.18); what was least recently used goes as in <see cref="LruHashMap"/>, but not for an update
/// that only an existing key takes.
/// </summary>
/// <param name="definition">What was found right.</param>
internal sealed unsafe class LruPercpuHashMap(MapDefinition definition) : PercpuHashKind(definition)
{
    private readonly RecencyList _recency = new(definition.MaxEntries);
    private readonly bool[] _isListed = new bool[definition.MaxEntries];

    public override long Lookup(GuestBytes key)
    {
        int element = Index.Find(key.Data);
        if (element == HashIndex.None) return 0;
        _recency.Use(element);
        return AddressOf(element);
    }

    public override void Clear()
    {
        base.Clear();
        _recency.Clear();
        Array.Clear(_isListed);
    }

    protected override void BeforeSearch(ulong flags)
    {
        if (Index.Count == MaxEntries && flags != UpdateFlags.Exist) Remove(_recency.Oldest);
    }

    protected override void Use(int element)
    {
        if (_isListed[element]) _recency.Remove(element);
        _recency.Add(element);
        _isListed[element] = true;
    }

    protected override void Leave(int element)
    {
        _recency.Remove(element);
        _isListed[element] = false;
    }
}
