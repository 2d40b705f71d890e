using System.Collections.Immutable;
using System.Numerics;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads a <c>-- maps-after</c> section: <c>name:</c>, and under it all entries of that map.</summary>
internal static class MapsAfterReader
{
    public static ImmutableArray<StatedMap> Read(Section section, ImmutableArray<MapDefinition> maps, CaseNames all)
    {
        string[] names = [.. all.Maps];
        var stated = new SortedDictionary<int, (int Line, List<StatedEntry> Entries)>();
        int current = -1;
        foreach (Entry entry in section.Entries)
        {
            if (!MapEntryReader.IsEntry(entry.Text))
            {
                current = Array.IndexOf(names, entry.Text.TrimEnd(':'));
                if (current < 0 || !entry.Text.EndsWith(':')) throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected a map of '-- maps' and ':', or {MapEntryReader.Expected}");
                if (!stated.TryAdd(current, (entry.Line, []))) throw section.Error(entry.Line, $"map '{names[current]}' is there twice");
                continue;
            }

            if (current < 0) throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected the name of a map and ':' before its entries");
            stated[current].Entries.Add(new StatedEntry(entry.Line, MapEntryReader.ReadAfter(section, entry, maps[current], all)));
        }

        if (stated.Count == 0) throw section.Error("'-- maps-after' is empty, expected the name of a map and ':'");
        return [.. stated.Select(pair => StatedOf(pair.Key, maps[pair.Key], pair.Value.Line, [.. InOrder(section, maps[pair.Key], pair.Value.Line, pair.Value.Entries)]))];
    }

    private static StatedMap StatedOf(int index, MapDefinition map, int line, StatedEntry[] entries) =>
        new(index, MapImage.Part(map, [.. entries.Select(stated => stated.Entry)]), line, [.. entries.Select(stated => stated.Line)]);

    /// <summary>Whatever order the file has: that of an image. Indices for which nothing is stated hold zeros.</summary>
    private static IEnumerable<StatedEntry> InOrder(Section section, MapDefinition map, int line, List<StatedEntry> entries)
    {
        if (map.KeyBytes == 0) return entries;
        if (map.HoldsRecords) return entries.OrderBy(stated => new BigInteger(stated.Entry.Key.Span, isUnsigned: true));
        var sorted = new SortedDictionary<byte[], StatedEntry>(Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));
        foreach (StatedEntry stated in entries)
        {
            if (!sorted.TryAdd(stated.Entry.Key.ToArray(), stated)) throw section.Error(stated.Line, $"map '{map.Name}' has key {Convert.ToHexStringLower(stated.Entry.Key.Span)} twice");
        }

        if (map.Type is not (MapType.Array or MapType.PercpuArray)) return sorted.Values;
        var all = new StatedEntry[map.MaxEntries];
        for (int index = 0; index < all.Length; index++)
        {
            byte[] key = BitConverter.GetBytes(index);
            all[index] = sorted.Remove(key, out StatedEntry? stated) ? stated : new StatedEntry(line, new MapEntry(key, new byte[map.ValueBytes]));
        }

        return sorted.Values.FirstOrDefault() is { } outside
            ? throw section.Error(outside.Line, $"map '{map.Name}' has no index {Convert.ToHexStringLower(outside.Entry.Key.Span)}")
            : all;
    }

    private sealed record StatedEntry(int Line, MapEntry Entry);
}
