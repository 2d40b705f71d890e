using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// Finds the element that belongs to a key. Elements are numbers; what is kept of each is the map's. Buckets and their order are
/// the kernel's (kernel/bpf/hashtab.c, 6.18), with a seed of zero: whoever is new stands first.
/// </summary>
internal sealed unsafe class HashIndex : IDisposable
{
    /// <summary>No element.</summary>
    public const int None = -1;

    private readonly int _capacity;
    private readonly int _keyBytes;
    private readonly uint _bucketMask;
    private readonly int* _buckets;
    private readonly Entry* _entries;
    private readonly byte* _keys;

    /// <summary>Of elements that are free: the next that is. What was taken out still leads to those that came after it in its bucket.</summary>
    private readonly int[] _freeAfter;
    private readonly int[] _sorted;
    private readonly Comparison<int> _byKey;
    private readonly bool _hasSpare;
    private int _free;
    private int _spare;
    private bool _disposed;

    /// <param name="maxKeys">How many keys may be there at the same time; there is one element more.</param>
    /// <param name="keyBytes">Size of a key.</param>
    /// <param name="hasSpare">Whether one element is kept for what replaces another, as in maps whose memory is taken when they are created.</param>
    public HashIndex(int maxKeys, int keyBytes, bool hasSpare)
    {
        int capacity = maxKeys + 1;
        (_capacity, _keyBytes, _hasSpare) = (capacity, keyBytes, hasSpare);
        uint buckets = BitOperations.RoundUpToPowerOf2((uint)maxKeys);
        _bucketMask = buckets - 1;
        _buckets = (int*)NativeMemory.Alloc(buckets, sizeof(int));
        _entries = (Entry*)NativeMemory.Alloc((nuint)capacity, (nuint)sizeof(Entry));
        _keys = (byte*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)keyBytes);
        _freeAfter = new int[capacity];
        _sorted = new int[capacity];
        _byKey = (left, right) => Key(left).SequenceCompareTo(Key(right));
        Clear();
    }

    /// <summary>How many elements have a key.</summary>
    public int Count { get; private set; }

    /// <summary>Where all of it lies, until it is disposed of.</summary>
    public HashTable Table => new((nint)_buckets, (nint)_entries, (nint)_keys, _bucketMask, _keyBytes);

    public uint Buckets => _bucketMask + 1;

    public int FirstIn(uint bucket) => _buckets[bucket];

    public int NextInBucket(int element) => _entries[element].Next;

    public int CountIn(uint bucket)
    {
        int count = 0;
        for (int element = FirstIn(bucket); element != None; element = NextInBucket(element)) count++;
        return count;
    }

    public ReadOnlySpan<byte> Key(int element) => new(_keys + ((nint)element * _keyBytes), _keyBytes);

    public uint HashOf(byte* key) => JenkinsHash.Of(key, _keyBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(byte* key) => Find(key, HashOf(key));

    public int Find(byte* key, uint hash)
    {
        for (int element = _buckets[hash & _bucketMask]; element != None; element = _entries[element].Next)
        {
            if (_entries[element].Hash == hash && Key(element).SequenceEqual(new ReadOnlySpan<byte>(key, _keyBytes))) return element;
        }

        return None;
    }

    /// <summary>Gives a key that is not there an element; there must be one left.</summary>
    public int Add(byte* key, uint hash)
    {
        int element = _free;
        _free = _freeAfter[element];
        Link(element, key, hash);
        return element;
    }

    /// <summary>Gives a key that is there another element, and takes the old one out.</summary>
    public int Replace(int old, byte* key, uint hash)
    {
        if (!_hasSpare)
        {
            int next = Add(key, hash);
            Remove(old);
            return next;
        }

        int element = _spare;
        Link(element, key, hash);
        Unlink(old);
        _spare = old;
        return element;
    }

    /// <summary>Takes an element out. It is the next to be given away.</summary>
    public void Remove(int element)
    {
        Unlink(element);
        _freeAfter[element] = _free;
        _free = element;
    }

    /// <summary>The element after another, in the order of buckets; the first, after none.</summary>
    public int Next(int element) => element == None ? FirstFrom(0) : After(element);

    /// <summary>
    /// The next element of a walk (bpf_for_each_hash_elem): which comes after it in its bucket is found out now, and gone to even if it is
    /// taken out meanwhile.
    /// </summary>
    public int Walk(ref MapCursor cursor)
    {
        while (cursor.InBucket == 0)
        {
            if (cursor.Next > _bucketMask) return None;
            cursor.InBucket = _buckets[cursor.Next++] + 1;
        }

        int element = cursor.InBucket - 1;
        cursor.InBucket = _entries[element].Next + 1;
        return element;
    }

    /// <summary>All elements that have a key, in the order of keys. Valid until the next call.</summary>
    public ReadOnlySpan<int> Sorted()
    {
        int count = 0;
        for (int element = FirstFrom(0); element != None; element = After(element)) _sorted[count++] = element;
        Span<int> sorted = _sorted.AsSpan(0, count);
        sorted.Sort(_byKey);
        return sorted;
    }

    public void Clear()
    {
        Count = 0;
        new Span<int>(_buckets, (int)(_bucketMask + 1)).Fill(None);
        for (int element = 0; element < _capacity; element++) (_entries[element].Next, _freeAfter[element]) = (None, element + 1);
        _free = 0;
        _spare = _capacity - 1;
        _freeAfter[_hasSpare ? _spare - 1 : _spare] = None;
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        NativeMemory.Free(_buckets);
        NativeMemory.Free(_entries);
        NativeMemory.Free(_keys);
    }

    private void Link(int element, byte* key, uint hash)
    {
        Buffer.MemoryCopy(key, _keys + ((nint)element * _keyBytes), _keyBytes, _keyBytes);
        int* bucket = _buckets + (hash & _bucketMask);
        _entries[element] = new Entry { Hash = hash, Next = *bucket };
        *bucket = element;
        Count++;
    }

    private void Unlink(int element)
    {
        int* link = _buckets + (_entries[element].Hash & _bucketMask);
        while (*link != element) link = &_entries[*link].Next;
        *link = _entries[element].Next;
        Count--;
    }

    private int After(int element) =>
        _entries[element].Next != None ? _entries[element].Next : FirstFrom((_entries[element].Hash & _bucketMask) + 1);

    private int FirstFrom(uint bucket)
    {
        for (; bucket <= _bucketMask; bucket++)
        {
            if (_buckets[bucket] != None) return _buckets[bucket];
        }

        return None;
    }

    private struct Entry
    {
        public uint Hash;
        public int Next;
    }
}
