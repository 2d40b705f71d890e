using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_LRU_HASH (kernel/bpf/hashtab.c and bpf_lru_list.c, 6.18). An update takes an element before it looks for its key, so that a map
/// that is full forgets one even if the key is there, or the update then fails. The kernel forgets about what was least recently used, in batches for
/// each processor; here it is exactly that element.
/// </summary>
/// <param name="definition">What was found right.</param>
internal sealed unsafe class LruHashMap(MapDefinition definition) : HashKind(definition, hasSpare: true)
{
    private readonly RecencyList _recency = new(definition.MaxEntries + 1);

    /// <summary>One more than there are entries: for the value that replaces another.</summary>
    public override int Elements => MaxEntries + 1;

    public override long Lookup(GuestBytes key)
    {
        int element = Index.Find(key.Data);
        if (element == HashIndex.None) return 0;
        _recency.Use(element);
        return Values.AddressOf(element);
    }

    public override long Update(GuestBytes key, GuestBytes value, ulong flags)
    {
        Errno error = Find(key, flags, out uint hash, out int old);
        if (error != Errno.None) return Error(error);
        int element = old == HashIndex.None ? Index.Add(key.Data, hash) : Replace(old, key, hash);
        _recency.Add(element);
        Store(value, element);
        return 0;
    }

    public override void Clear()
    {
        base.Clear();
        _recency.Clear();
    }

    protected override GuestBytes ValueOf(int element) => Values[element];

    protected override long AddressOf(int element) => Values.AddressOf(element);

    protected override void BeforeSearch(ulong flags)
    {
        if (Index.Count == MaxEntries) Remove(_recency.Oldest);
    }

    protected override void Leave(int element)
    {
        _recency.Remove(element);
        Timers?.Free(element);
    }

    private int Replace(int old, GuestBytes key, uint hash)
    {
        Leave(old);
        return Index.Replace(old, key.Data, hash);
    }
}
