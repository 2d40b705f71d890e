using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Engine.Comparison;

/// <summary>
/// What maps hold, as bytes: for each map of the case the number of its entries (u32, little endian), then each key and its value. Entries
/// stand in the order of keys, byte by byte; of queues and stacks in the order in which they would be popped. Of a map per processor the
/// values are those of the first; of one of maps each is the index of a map of the case. What cannot be read back (a bloom filter) has no entries.
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
            long bytes = sizeof(uint) + (BinaryPrimitives.ReadUInt32LittleEndian(image) * (long)EntryBytes(map));
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
            int end = start + sizeof(uint) + (Count(image[start..]) * EntryBytes(maps[i]));
            if (i == map) return start..end;
            start = end;
        }
    }

    /// <summary>The part of an image for a map with these entries, in their order.</summary>
    public static byte[] Part(MapDefinition map, IReadOnlyCollection<MapEntry> entries)
    {
        var part = new byte[sizeof(uint) + (entries.Count * EntryBytes(map))];
        BinaryPrimitives.WriteUInt32LittleEndian(part, (uint)entries.Count);
        Span<byte> rest = part.AsSpan(sizeof(uint));
        foreach (MapEntry entry in entries)
        {
            entry.Key.Span.CopyTo(rest);
            entry.Value.Span.CopyTo(rest[map.KeyBytes..]);
            rest = rest[EntryBytes(map)..];
        }

        return part;
    }

    /// <summary>The entries of a part.</summary>
    public static ImmutableArray<MapEntry> Entries(MapDefinition map, ReadOnlyMemory<byte> part)
    {
        var entries = ImmutableArray.CreateBuilder<MapEntry>();
        for (ReadOnlyMemory<byte> rest = part[sizeof(uint)..]; rest.Length > 0; rest = rest[EntryBytes(map)..])
        {
            entries.Add(new MapEntry(rest[..map.KeyBytes], rest.Slice(map.KeyBytes, map.ValueBytes)));
        }

        return entries.ToImmutable();
    }

    private static long MaxBytes(MapDefinition map) =>
        sizeof(uint) + (map.Type == MapType.BloomFilter ? 0 : (long)map.MaxEntries * EntryBytes(map));

    private static int EntryBytes(MapDefinition map) => map.KeyBytes + map.ValueBytes;

    private static int Count(ReadOnlySpan<byte> part) => (int)BinaryPrimitives.ReadUInt32LittleEndian(part);
}
