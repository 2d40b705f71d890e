using System.Collections.Immutable;
using System.Text.RegularExpressions;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads a <c>-- contention</c> section: <c>map: threads 2 records 512</c>, and perhaps <c>ends VALUE</c>.</summary>
internal static partial class ContentionReader
{
    private const string Expected = "map: threads 2 records COUNT [ends VALUE]";

    /// <summary>Keeps the search for an order, at worst the square of it, within a second.</summary>
    private const int MaxRecords = 4096;

    public static Contention Read(Section section, ImmutableArray<MapDefinition> maps)
    {
        Entry entry = section.Single(Expected);
        Match match = Declaration().Match(entry.Text);
        if (!match.Success) throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected {Expected}");

        bool isCount = ValueText.TryParseCount(match.Groups["records"].Value, out int records);
        if (!isCount || records is < 2 or > MaxRecords)
        {
            throw section.Error(entry.Line, $"{match.Groups["records"].Value} records, expected 2 to {MaxRecords}");
        }

        string end = match.Groups["end"].Value;
        return new Contention(
            FindMap(section, entry, match.Groups["map"].Value, maps),
            records,
            end.Length == 0 ? null : InputReader.ReadValue(section, entry.Line, end));
    }

    private static int FindMap(Section section, Entry entry, string name, ImmutableArray<MapDefinition> maps)
    {
        for (int index = 0; index < maps.Length; index++)
        {
            if (maps[index].Name != name) continue;
            return Contention.HasCell(maps[index])
                ? index
                : throw section.Error(entry.Line, $"map '{name}' has no cell, expected an array of one entry with a value of at least {Contention.CellBytes} bytes");
        }

        throw section.Error(entry.Line, $"there is no map {Section.Quote(name)} in '-- maps'");
    }

    [GeneratedRegex(
        @"^ (?<map> [A-Za-z_][A-Za-z0-9_]* ) [ \t]* : [ \t]* threads [ \t]+ 2 [ \t]+ records [ \t]+ (?<records> [0-9]+ ) ( [ \t]+ ends [ \t]+ (?<end> \S+ ) )? $",
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Declaration();
}
