using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Engine.Comparison;

/// <summary>
/// What maps hold, as bytes: for each map of the case the number of its entries (u32, little endian), then each key and its value. Entries
/// stand in the order of keys, byte by byte; of queues and stacks in the order in which they would be popped. Of a map per processor the
/// values are those of the first; of one of maps each is the index of a map of the case. What cannot be read back (a bloom filter) has no entries.
/// Records stand in the order in which they came, each after its length (u32); of an array of perf events index by index, which is the key of each.
/// </summary>
public static class MapImage
{
    /// <summary>The most bytes that images of these maps have.</summary>
    public static long MaxBytes(ImmutableArray<MapDefinition> maps) => maps.Sum(MaxBytes);

    /// <summary>Whether bytes from elsewhere are an image of these maps: a part for each, none with more entries than its map can have.</summary>
    public static bool IsOf(ImmutableArray<MapDefinition> maps, ReadOnlySpan<byte> image)
    {
        foreach (MapDefinition map in maps)
        {
            if (image.Length < sizeof(uint)) return false;
            long bytes = PartBytes(map, image);
            if (bytes > Math.Min(image.Length, MaxBytes(map))) return false;
            image = image[(int)bytes..];
        }

        return image.IsEmpty;
    }

    /// <summary>The part of an image that is about one map.</summary>
    public static Range PartOf(int map, ImmutableArray<MapDefinition> maps, ReadOnlySpan<byte> image)
    {
        int start = 0;
        for (int i = 0; ; i++)
        {
            int end = start + (int)PartBytes(maps[i], image[start..]);
            if (i == map) return start..end;
            start = end;
        }
    }

    /// <summary>The part of an image for a map with these entries, in their order.</summary>
    public static byte[] Part(MapDefinition map, IReadOnlyCollection<MapEntry> entries)
    {
        var part = new byte[sizeof(uint) + entries.Sum(entry => LengthBytes(map) + entry.Key.Length + entry.Value.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(part, (uint)entries.Count);
        Span<byte> rest = part.AsSpan(sizeof(uint));
        foreach (MapEntry entry in entries)
        {
            entry.Key.Span.CopyTo(rest);
            rest = rest[map.KeyBytes..];
            if (map.HoldsRecords) BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)entry.Value.Length);
            rest = rest[LengthBytes(map)..];
            entry.Value.Span.CopyTo(rest);
            rest = rest[entry.Value.Length..];
        }

        return part;
    }

    /// <summary>The entries of a part.</summary>
    public static ImmutableArray<MapEntry> Entries(MapDefinition map, ReadOnlyMemory<byte> part)
    {
        var entries = ImmutableArray.CreateBuilder<MapEntry>();
        for (ReadOnlyMemory<byte> rest = part[sizeof(uint)..]; rest.Length > 0;)
        {
            int bytes = (int)EntryBytes(map, rest.Span); // there are no more in a part
            entries.Add(new MapEntry(rest[..map.KeyBytes], rest[HeadBytes(map)..bytes]));
            rest = rest[bytes..];
        }

        return entries.ToImmutable();
    }

    /// <summary>Bytes of an entry before its value.</summary>
    public static int HeadBytes(MapDefinition map) => map.KeyBytes + LengthBytes(map);

    private static long MaxBytes(MapDefinition map) => sizeof(uint) + map.Type switch
    {
        MapType.BloomFilter => 0,
        MapType.Ringbuf or MapType.UserRingbuf => map.MaxEntries, // a length takes less room than a header
        MapType.PerfEventArray => (long)map.MaxEntries * PerfEvents.RingBytes,
        _ => (long)map.MostEntries * (map.KeyBytes + map.ValueBytes),
    };

    /// <summary>Bytes of the part with which an image begins; more than there are, when it is none.</summary>
    private static long PartBytes(MapDefinition map, ReadOnlySpan<byte> image)
    {
        long count = BinaryPrimitives.ReadUInt32LittleEndian(image);
        if (!map.HoldsRecords) return sizeof(uint) + (count * EntryBytes(map, []));
        long bytes = sizeof(uint);
        for (; count > 0 && bytes <= image.Length; count--) bytes += EntryBytes(map, image[(int)bytes..]);
        return bytes;
    }

    /// <summary>Bytes of the entry with which bytes begin.</summary>
    private static long EntryBytes(MapDefinition map, ReadOnlySpan<byte> bytes)
    {
        int head = HeadBytes(map);
        if (!map.HoldsRecords) return head + map.ValueBytes;
        return bytes.Length < head ? long.MaxValue / 2 : head + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[map.KeyBytes..]);
    }

    /// <summary>Bytes that say how long a value is.</summary>
    private static int LengthBytes(MapDefinition map) => map.HoldsRecords ? sizeof(uint) : 0;
}
