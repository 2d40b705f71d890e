using System.Buffers.Binary;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>The few keys of a sequence: hits, misses, replacements and full maps all happen.</summary>
internal sealed class KeyPool
{
    private readonly Random _random;
    private readonly byte[][] _keys;

    public KeyPool(Random random, KeyShape shape, MapDefinition map)
    {
        _random = random;
        int count = shape == KeyShape.None ? 1 : (map.MaxEntries * 3 / 2) + 2;
        _keys = [.. Enumerable.Range(0, count).Select(number => Make(shape, map, number))];
    }

    public byte[] Any() => _keys[_random.Next(_keys.Length)];

    /// <summary>At most so many keys, each once, that an update takes.</summary>
    public IEnumerable<byte[]> Distinct(int atMost, Func<byte[], bool> isTaken) =>
        _keys.Where(isTaken).DistinctBy(Convert.ToHexString).Take(atMost);

    private byte[] Make(KeyShape shape, MapDefinition map, int number) => shape switch
    {
        KeyShape.None => [],
        KeyShape.Index => BitConverter.GetBytes(number <= map.MaxEntries ? number : _random.Next(3) - 1),
        KeyShape.Bytes => Bytes(map.KeyBytes),
        KeyShape.Prefix => Prefix(map.KeyBytes),
    };

    /// <summary>Some keys differ only in their last bits.</summary>
    private byte[] Bytes(int length)
    {
        var key = new byte[length];
        if (_random.Next(2) == 0) _random.NextBytes(key);
        else key[^1] = (byte)_random.Next(32);
        return key;
    }

    /// <summary>Bits that many prefixes begin with; now and then a length that there is not.</summary>
    private byte[] Prefix(int length)
    {
        var key = new byte[length];
        int bits = (length - sizeof(uint)) * 8;
        Span<byte> data = key.AsSpan(sizeof(uint));
        if (_random.Next(4) == 0) data.Fill(0xff);
        for (int flips = _random.Next(3); flips > 0; flips--) data[_random.Next(Math.Min(data.Length, 2))] ^= (byte)(1 << _random.Next(8));
        if (_random.Next(4) == 0) data[_random.Next(data.Length)] ^= (byte)_random.Next(256);
        uint prefix = _random.Next(24) switch
        {
            0 => (uint)bits + 1,
            1 => uint.MaxValue,
            2 or 3 => (uint)bits,
            4 => 0,
            < 16 => (uint)_random.Next(Math.Min(bits, 16) + 1),
            _ => (uint)_random.Next(bits + 1),
        };
        BinaryPrimitives.WriteUInt32LittleEndian(key, prefix);
        return key;
    }
}
