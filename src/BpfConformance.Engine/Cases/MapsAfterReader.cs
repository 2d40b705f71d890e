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
        var stated = new SortedDictionary<int, List<MapEntry>>();
        int current = -1;
        foreach (Entry entry in section.Entries)
        {
            if (!MapEntryReader.IsEntry(entry.Text))
            {
                current = Array.IndexOf(names, entry.Text.TrimEnd(':'));
                if (current < 0 || !entry.Text.EndsWith(':')) throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected a map of '-- maps' and ':', or {MapEntryReader.Expected}");
                if (!stated.TryAdd(current, [])) throw section.Error(entry.Line, $"map '{names[current]}' is there twice");
                continue;
            }

            if (current < 0) throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected the name of a map and ':' before its entries");
            stated[current].Add(MapEntryReader.ReadAfter(section, entry, maps[current], all));
        }

        return stated.Count == 0
            ? throw section.Error("'-- maps-after' is empty, expected the name of a map and ':'")
            : [.. stated.Select(pair => new StatedMap(pair.Key, MapImage.Part(maps[pair.Key], InOrder(section, maps[pair.Key], pair.Value))))];
    }

    /// <summary>Whatever order the file has: that of an image. Indices for which nothing is stated hold zeros.</summary>
    private static IReadOnlyCollection<MapEntry> InOrder(Section section, MapDefinition map, List<MapEntry> entries)
    {
        if (map.KeyBytes == 0) return entries;
        if (map.HoldsRecords) return [.. entries.OrderBy(entry => new BigInteger(entry.Key.Span, isUnsigned: true))];
        var sorted = new SortedDictionary<byte[], MapEntry>(Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));
        foreach (MapEntry entry in entries)
        {
            if (!sorted.TryAdd(entry.Key.ToArray(), entry)) throw section.Error($"map '{map.Name}' has key {Convert.ToHexStringLower(entry.Key.Span)} twice");
        }

        if (map.Type is not (MapType.Array or MapType.PercpuArray)) return sorted.Values;
        var all = new MapEntry[map.MaxEntries];
        for (int index = 0; index < all.Length; index++)
        {
            byte[] key = BitConverter.GetBytes(index);
            all[index] = sorted.Remove(key, out MapEntry? stated) ? stated : new MapEntry(key, new byte[map.ValueBytes]);
        }

        return sorted.Count == 0
            ? all
            : throw section.Error($"map '{map.Name}' has no index {Convert.ToHexStringLower(sorted.Keys.First())}");
    }
}
