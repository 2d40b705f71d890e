using BpfConformance.Abi;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Engine.Targets;

/// <summary>What came of a batch.</summary>
/// <param name="count">Of a lookup: how many elements it has; else the count that the call left.</param>
/// <param name="keys">The keys that it has got, one behind the other.</param>
/// <param name="values">Their values.</param>
/// <param name="mask">0xff where a byte of the values may be compared; empty: everywhere.</param>
public readonly ref struct BatchResult(int count, ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, ReadOnlySpan<byte> mask = default)
{
    public int Count { get; } = count;

    public ReadOnlySpan<byte> Keys { get; } = keys;

    public ReadOnlySpan<byte> Values { get; } = values;

    public ReadOnlySpan<byte> Mask { get; } = mask;

    /// <summary>What a call leaves: a lookup that went to the end of the map has elements, too, and one that failed has none, whatever its count.</summary>
    public static BatchResult Of(
        BatchStep step, Errno error, int count, MapDefinition map, ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, ReadOnlySpan<byte> mask = default)
    {
        if (!step.IsLookup) return new BatchResult(count, [], []);
        int elements = error is Errno.None or Errno.ENOENT ? count : 0;
        int valueBytes = elements * map.ValueBytes;
        return new BatchResult(elements, keys[..(elements * map.KeyBytes)], values[..valueBytes], mask.IsEmpty ? mask : mask[..valueBytes]);
    }

    /// <summary>The elements in the order of their keys, byte by byte.</summary>
    public int[] InOrder(int keyBytes)
    {
        if (keyBytes == 0) return []; // nothing comes out of such a map
        byte[] all = Keys.ToArray();
        int[] order = [.. Enumerable.Range(0, all.Length / keyBytes)];
        Array.Sort(order, (left, right) => KeyAt(left).SequenceCompareTo(KeyAt(right)));
        return order;

        ReadOnlySpan<byte> KeyAt(int element) => all.AsSpan(element * keyBytes, keyBytes);
    }
}
