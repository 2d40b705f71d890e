using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>What is in a map, as one side of a comparison sees it.</summary>
/// <param name="Part">All of it, as in a <see cref="MapImage"/>.</param>
/// <param name="Mask">As long: the bits that may be compared.</param>
internal readonly record struct MapSide(ReadOnlyMemory<byte> Part, ReadOnlyMemory<byte> Mask)
{
    /// <summary>As a target has shown it.</summary>
    public static MapSide Of(TestCase test, int map, ObservationBatch seen, int input)
    {
        Span<byte> image = seen.Maps(input)[..seen[input].MapsLength];
        Range part = MapImage.PartOf(map, test.Maps, image);
        return new MapSide(image[part].ToArray(), seen.MapsMask(input)[part].ToArray());
    }
}

/// <summary>The keys with which two sides see different values, or which only one of them has, in words.</summary>
/// <param name="Expected">What one has.</param>
/// <param name="Got">What the other has with these keys.</param>
/// <param name="Entry">The first entry of the expected that differs, by its index; <c>null</c>: there are only others too many.</param>
internal sealed record MapDifference(string Expected, string Got, int? Entry)
{
    private const int KeysShown = 6;

    private readonly record struct Value(int Index, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Mask);

    /// <param name="test">For names.</param>
    /// <param name="map">Which map.</param>
    /// <param name="expected">One side.</param>
    /// <param name="got">The other, with something else.</param>
    public static MapDifference Of(TestCase test, MapDefinition map, MapSide expected, MapSide got)
    {
        Dictionary<string, Value> left = ByPlace(map, expected);
        Dictionary<string, Value> right = ByPlace(map, got);
        string[] places = [.. left.Keys.Union(right.Keys).Where(place => Differ(left, right, place))];
        int? entry = places is [{ } first, ..] && left.TryGetValue(first, out Value stated) ? stated.Index : null; // those of the expected come first
        (string here, string there) = DifferenceText.Mark(Text(left), Text(right));
        return new MapDifference(here, there, entry);

        string Text(Dictionary<string, Value> side)
        {
            string values = string.Join(", ", places.Take(KeysShown).Select(place =>
                side.TryGetValue(place, out Value value) ? $"{map.Name}[{place}] = {MapEntryText.Value(test, map, value.Bytes.Span)}" : $"no {map.Name}[{place}]"));
            string more = places.Length > KeysShown ? $", and {places.Length - KeysShown} more that differ" : string.Empty;
            string count = left.Count == right.Count ? string.Empty : side.Count == 1 ? " (1 entry in all)" : $" ({side.Count} entries in all)";
            return values + more + count;
        }
    }

    /// <summary>Values by their keys; where there is none, or several have the same, by their number.</summary>
    private static Dictionary<string, Value> ByPlace(MapDefinition map, MapSide side)
    {
        var values = new Dictionary<string, Value>(StringComparer.Ordinal);
        int index = 0;
        int end = sizeof(uint);
        foreach (MapEntry entry in MapImage.Entries(map, side.Part))
        {
            end += MapImage.HeadBytes(map) + entry.Value.Length;
            var value = new Value(index, entry.Value, side.Mask[(end - entry.Value.Length)..end]);
            string key = Convert.ToHexStringLower(entry.Key.Span);
            string place = map.KeyBytes == 0 ? $"{index}" : key;
            for (int number = 1; !values.TryAdd(place, value); number++) place = $"{key}][{number}";
            index++;
        }

        return values;
    }

    private static bool Differ(Dictionary<string, Value> left, Dictionary<string, Value> right, string place)
    {
        if (!left.TryGetValue(place, out Value a) || !right.TryGetValue(place, out Value b) || a.Bytes.Length != b.Bytes.Length) return true;
        for (int i = 0; i < a.Bytes.Length; i++)
        {
            if (((a.Bytes.Span[i] ^ b.Bytes.Span[i]) & a.Mask.Span[i] & b.Mask.Span[i]) != 0) return true;
        }

        return false;
    }
}
