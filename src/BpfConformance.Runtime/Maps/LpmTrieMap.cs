using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_LPM_TRIE (kernel/bpf/lpm_trie.c, 6.18): the value of the longest prefix. What replaces a value has memory of its own.
/// </summary>
internal sealed unsafe class LpmTrieMap : Map
{
    private readonly LpmTrie _trie;
    private readonly int[] _free;
    private readonly int[] _sorted;
    private readonly Comparison<int> _byKey;
    private int _freeCount;

    /// <param name="definition">What was found right.</param>
    public LpmTrieMap(MapDefinition definition)
        : base(definition)
    {
        _trie = new LpmTrie(MaxEntries, KeyBytes);
        _free = new int[Elements];
        _sorted = new int[MaxEntries];
        _byKey = (left, right) => _trie.Key(left).SequenceCompareTo(_trie.Key(right));
        Release();
    }

    /// <summary>One more than there are entries: for the value that replaces another.</summary>
    public override int Elements => MaxEntries + 1;

    public override long Lookup(GuestBytes key)
    {
        int node = _trie.Longest(key.Data);
        return node == LpmTrie.None ? 0 : Values.AddressOf(_trie.ValueOf(node));
    }

    public override long Update(GuestBytes key, GuestBytes value, ulong flags)
    {
        if (flags > UpdateFlags.Exist || IsTooLong(key)) return Error(Errno.EINVAL);
        int old = _trie.Exact(key.Data);
        Errno error = HashRules.CheckExists(old != LpmTrie.None, flags);
        if (error != Errno.None) return Error(error);
        if (old == LpmTrie.None && _trie.Count == MaxEntries) return Error(Errno.ENOSPC);

        int element = _free[--_freeCount];
        if (old != LpmTrie.None) _free[_freeCount++] = _trie.ValueOf(old);
        value.CopyTo(Values[element], ValueBytes);
        _trie.Set(key.Data, element);
        return 0;
    }

    public override long Delete(GuestBytes key)
    {
        if (IsTooLong(key)) return Error(Errno.EINVAL);
        int node = _trie.Exact(key.Data);
        if (node == LpmTrie.None) return Error(Errno.ENOENT);
        _free[_freeCount++] = _trie.ValueOf(node);
        _trie.Remove(key.Data);
        return 0;
    }

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        int node = _trie.Longest(key.Data);
        if (node == LpmTrie.None) return Errno.ENOENT;
        Values[_trie.ValueOf(node)].CopyTo(value, ValueBytes);
        return Errno.None;
    }

    public override Errno Next(GuestBytes key, GuestBytes next)
    {
        int node = _trie.Next(key.Data);
        if (node == LpmTrie.None) return Errno.ENOENT;
        _trie.Key(node).CopyTo(new Span<byte>(next.Data, KeyBytes));
        return Errno.None;
    }

    public override BatchKinds Batches => BatchKinds.Lookup | BatchKinds.Update | BatchKinds.Delete;

    public override void Clear()
    {
        _trie.Clear();
        Release();
    }

    public override void Show(ref MapImageWriter image)
    {
        int count = 0;
        for (int node = _trie.Next(null); node != LpmTrie.None; node = After(node)) _sorted[count++] = node;
        Span<int> sorted = _sorted.AsSpan(0, count);
        sorted.Sort(_byKey);
        image.Begin(count);
        foreach (int node in sorted)
        {
            image.Write(_trie.Key(node));
            image.Write(Values[_trie.ValueOf(node)], ValueBytes);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _trie.Dispose();
        base.Dispose(disposing);
    }

    private bool IsTooLong(GuestBytes key) => *(uint*)key.Data > _trie.MaxPrefix;

    private int After(int node)
    {
        fixed (byte* key = _trie.Key(node)) return _trie.Next(key);
    }

    private void Release()
    {
        _freeCount = Elements;
        for (int element = 0; element < Elements; element++) _free[element] = Elements - 1 - element;
    }
}
