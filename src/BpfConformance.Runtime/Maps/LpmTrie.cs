using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// Prefixes as a tree of bits, in which every node without a value has two children (kernel/bpf/lpm_trie.c, 6.18). Nodes are
/// numbers; so are values, which are the map's.
/// </summary>
internal sealed unsafe class LpmTrie : IDisposable
{
    /// <summary>No node, or no value.</summary>
    public const int None = -1;

    private readonly int _capacity;
    private readonly int _keyBytes;
    private readonly Node* _nodes;
    private readonly byte* _keys;
    private readonly int[] _path;
    private int _free;
    private bool _disposed;

    public LpmTrie(int maxKeys, int keyBytes)
    {
        (_capacity, _keyBytes) = (2 * maxKeys, keyBytes); // between n prefixes there are at most n - 1 forks
        _path = new int[MaxPrefix + 1];
        _nodes = (Node*)NativeMemory.Alloc((nuint)_capacity + 1, (nuint)sizeof(Node));
        _keys = (byte*)NativeMemory.AllocZeroed((nuint)_capacity, (nuint)keyBytes);
        Clear();
    }

    /// <summary>Bits of the longest prefix.</summary>
    public uint MaxPrefix => ((uint)_keyBytes - sizeof(uint)) * 8;

    /// <summary>How many nodes have a value.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<byte> Key(int node) => new(KeyOf(node), _keyBytes);

    public int ValueOf(int node) => _nodes[node].Value;

    /// <summary>The node with the longest prefix that a key begins with.</summary>
    public int Longest(byte* key)
    {
        int found = None;
        if (PrefixKey.LengthOf(key) > MaxPrefix) return found;
        for (int node = *Root; node != None; node = *ChildOf(node, key))
        {
            uint prefix = PrefixOf(node);
            if (PrefixKey.Matching(KeyOf(node), key) < prefix) break;
            if (_nodes[node].Value != None) found = node;
            if (prefix == MaxPrefix) break;
        }

        return found;
    }

    /// <summary>The node that has the very prefix of a key, and a value.</summary>
    public int Exact(byte* key)
    {
        int node = *SlotOf(key, out uint matching, out _);
        return node != None && _nodes[node].Value != None && IsExact(node, key, matching) ? node : None;
    }

    /// <summary>Gives a prefix a value. What it had is lost, the bits behind the prefix too.</summary>
    public void Set(byte* key, int value)
    {
        int* slot = SlotOf(key, out uint matching, out _);
        int old = *slot;
        if (old != None && IsExact(old, key, matching))
        {
            if (_nodes[old].Value == None) Count++;
            new ReadOnlySpan<byte>(key, _keyBytes).CopyTo(new Span<byte>(KeyOf(old), _keyBytes));
            _nodes[old].Value = value;
            return;
        }

        Count++;
        int added = Take(key, value);
        if (old == None)
        {
            *slot = added;
        }
        else if (matching == PrefixKey.LengthOf(key))
        {
            *ChildOf(added, KeyOf(old)) = old;
            *slot = added;
        }
        else
        {
            int fork = Take(KeyOf(old), None);
            *(uint*)KeyOf(fork) = matching;
            *ChildOf(fork, key) = added;
            *ChildOf(fork, KeyOf(old)) = old;
            *slot = fork;
        }
    }

    /// <summary>Takes the value of a prefix away, which must be there.</summary>
    public void Remove(byte* key)
    {
        int* slot = SlotOf(key, out _, out int* parentSlot);
        int node = *slot;
        Count--;
        (int zero, int one) = (_nodes[node].Zero, _nodes[node].One);
        if (zero != None && one != None)
        {
            _nodes[node].Value = None;
            return;
        }

        *slot = zero != None ? zero : one;
        int parent = parentSlot == null ? None : *parentSlot;
        if (*slot == None && parent != None && _nodes[parent].Value == None)
        {
            *parentSlot = _nodes[parent].Zero != None ? _nodes[parent].Zero : _nodes[parent].One;
            Free(parent);
        }

        Free(node);
    }

    /// <summary>The node after that of a key, children before parents; the first, after none or one that is not there.</summary>
    public int Next(byte* key)
    {
        int node = key == null || PrefixKey.LengthOf(key) > MaxPrefix ? None : Exact(key);
        if (node == None) return FirstBelow(*Root);

        int depth = 0;
        for (int at = *Root; at != node; at = *ChildOf(at, key)) _path[depth++] = at;
        while (depth > 0)
        {
            int parent = _path[--depth];
            if (_nodes[parent].Zero == node && _nodes[parent].One != None) return FirstBelow(_nodes[parent].One);
            if (_nodes[parent].Value != None) return parent;
            node = parent;
        }

        return None;
    }

    public void Clear()
    {
        (Count, *Root, _free) = (0, None, 0);
        for (int node = 0; node < _capacity; node++) _nodes[node].Zero = node + 1;
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        NativeMemory.Free(_nodes);
        NativeMemory.Free(_keys);
    }

    /// <summary>Where the first node is: behind all nodes, so that it does not move.</summary>
    private int* Root => &_nodes[_capacity].Zero;

    private uint PrefixOf(int node) => PrefixKey.LengthOf(KeyOf(node));

    private byte* KeyOf(int node) => _keys + ((nint)node * _keyBytes);

    private bool IsExact(int node, byte* key, uint matching) => PrefixOf(node) == matching && PrefixKey.LengthOf(key) == matching;

    /// <summary>Where the way to a key goes on.</summary>
    private int* ChildOf(int node, byte* key)
    {
        Node* at = _nodes + node;
        return PrefixKey.Bit(key, PrefixOf(node)) ? &at->One : &at->Zero;
    }

    /// <summary>Where the node of a key is, or would have to be; and where that one's parent is, or null.</summary>
    private int* SlotOf(byte* key, out uint matching, out int* parent)
    {
        int* slot = Root;
        matching = 0;
        parent = null;
        while (*slot != None)
        {
            matching = PrefixKey.Matching(KeyOf(*slot), key);
            if (PrefixOf(*slot) != matching || matching == PrefixKey.LengthOf(key)) break;
            parent = slot;
            slot = ChildOf(*slot, key);
        }

        return slot;
    }

    private int FirstBelow(int node)
    {
        int found = None;
        while (node != None)
        {
            if (_nodes[node].Value != None) found = node;
            node = _nodes[node].Zero != None ? _nodes[node].Zero : _nodes[node].One;
        }

        return found;
    }

    private int Take(byte* key, int value)
    {
        int node = _free;
        _free = _nodes[node].Zero;
        new ReadOnlySpan<byte>(key, _keyBytes).CopyTo(new Span<byte>(KeyOf(node), _keyBytes));
        _nodes[node] = new Node { Value = value, Zero = None, One = None };
        return node;
    }

    private void Free(int node)
    {
        _nodes[node].Zero = _free;
        _free = node;
    }

    private struct Node
    {
        public int Value;
        public int Zero;
        public int One;
    }
}
