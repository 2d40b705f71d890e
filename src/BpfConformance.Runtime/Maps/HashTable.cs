namespace BpfConformance.Runtime.Maps;

/// <summary>
/// The memory of a <see cref="HashIndex"/>. The low bits of a key's <see cref="JenkinsHash"/> choose a bucket, which holds the number of its
/// first element; an entry holds the hash of its element's key and the number of the next one. A negative number ends a bucket.
/// </summary>
/// <param name="Buckets">Numbers of 32 bits.</param>
/// <param name="Entries">By element.</param>
/// <param name="Keys">By element, without gaps.</param>
/// <param name="BucketMask">The low bits of a hash that count.</param>
/// <param name="KeyBytes">Size of a key.</param>
public readonly record struct HashTable(nint Buckets, nint Entries, nint Keys, uint BucketMask, int KeyBytes)
{
    /// <summary>Log2 of the bytes of an entry.</summary>
    public const int EntryShift = 3;

    /// <summary>Where an entry has the number of the next element; its hash is at 0.</summary>
    public const int NextOffset = sizeof(uint);

    /// <summary>The element of a key; as an unsigned number it is beyond all elements when there is none.</summary>
    public static unsafe int Find(nint buckets, nint entries, nint keys, uint bucketMask, int keyBytes, nint key)
    {
        uint hash = JenkinsHash.Of((byte*)key, keyBytes);
        var wanted = new ReadOnlySpan<byte>((byte*)key, keyBytes);
        int element = ((int*)buckets)[hash & bucketMask];
        while (element >= 0)
        {
            byte* entry = (byte*)entries + ((nint)element << EntryShift);
            if (*(uint*)entry == hash && new ReadOnlySpan<byte>((byte*)keys + ((nint)element * keyBytes), keyBytes).SequenceEqual(wanted)) break;
            element = *(int*)(entry + NextOffset);
        }

        return element;
    }
}
