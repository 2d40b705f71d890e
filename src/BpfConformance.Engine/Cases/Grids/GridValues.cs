using System.Collections.Immutable;
using BpfConformance.Abi;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>
/// A list of numbers: expressions, ranges <c>A..B</c> (both ends included; empty when A is greater) and named sets, with
/// space between them.
/// </summary>
internal sealed class GridValues
{
    private const int MaxValues = 1 << 20;

    private readonly ImmutableArray<Item> _items;
    private readonly Section _section;
    private readonly int _line;

    private GridValues(ImmutableArray<Item> items, Section section, int line) => (_items, _section, _line) = (items, section, line);

    /// <exception cref="BpfFormatException">Anything wrong with the text.</exception>
    public static GridValues Parse(string text, Section section, int line)
    {
        string[] words = FileLines.Words(text);
        return words.Length > 0
            ? new GridValues([.. words.Select(word => Item.Parse(word, section, line))], section, line)
            : throw section.Error(line, "no values, expected numbers, ranges such as 0..9, or names of sets");
    }

    public IReadOnlyList<long> In(GridScope scope)
    {
        var values = new List<long>();
        foreach (Item item in _items)
        {
            if (item.Set is { } set) values.AddRange(set);
            else AddRange(values, item.First!.Value(scope), item.Last?.Value(scope)); // there is one where there is no set
            if (values.Count > MaxValues) throw TooMany();
        }

        return values;
    }

    private void AddRange(List<long> values, long first, long? last)
    {
        Int128 count = (Int128)(last ?? first) - first + 1;
        if (count > MaxValues) throw TooMany();
        for (int i = 0; i < count; i++) values.Add(first + i);
    }

    private BpfFormatException TooMany() => _section.Error(_line, $"more than {MaxValues} values");

    private sealed record Item(ImmutableArray<long>? Set, GridExpression? First, GridExpression? Last)
    {
        public static Item Parse(string word, Section section, int line)
        {
            if (EdgeValues.Named(word) is { } set) return new Item(set, null, null);

            int dots = word.IndexOf("..", StringComparison.Ordinal);
            return dots < 0
                ? new Item(null, GridExpression.Parse(word, section, line), null)
                : new Item(null, GridExpression.Parse(word[..dots], section, line), GridExpression.Parse(word[(dots + 2)..], section, line));
        }
    }
}
