using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Engine.Cases;

/// <summary>
/// Reads a <c>-- maps</c> section: <c>name: array key 4 value 8 entries 1 flags 0x0</c>, one map a line, and under it the entries that it
/// begins with.
/// </summary>
internal static partial class MapReader
{
    private const string Expected = "name: kind key BYTES value BYTES entries COUNT [flags 0xFLAGS] [inner NAME] [extra COUNT] [pin NAMESPACE NAME] [FIELD OFFSET ...]";

    /// <summary>The kernel's <c>MAX_USED_MAPS</c> (include/linux/bpf_verifier.h, v6.12).</summary>
    private const int MaxMaps = 64;

    private const int MaxBytes = 16 << 20;

    /// <summary>Of a field in values: far beyond those of all maps that there are.</summary>
    private const int LastOffset = ushort.MaxValue;

    /// <param name="section"><c>maps</c>; <c>null</c>: there are none.</param>
    /// <param name="programs">The names of the programs of the case.</param>
    public static ImmutableArray<MapDefinition> Read(Section? section, IReadOnlyList<string> programs)
    {
        if (section is null) return [];

        var maps = new List<MapDefinition>();
        var names = new List<string>();
        var all = new CaseNames(names, programs);
        var contents = new List<ImmutableArray<MapEntry>.Builder>();
        long bytes = 0;
        foreach (Entry entry in section.Entries)
        {
            if (MapEntryReader.IsEntry(entry.Text))
            {
                if (maps.Count == 0) throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected a map before its entries: {Expected}");
                if (OneWith(maps) is { } first) throw section.Error(entry.Line, $"found an entry of map '{maps[^1].Name}', which is map '{first.Name}': it begins with the entries of that");
                contents[^1].Add(MapEntryReader.Read(section, entry, maps[^1], all));
                continue;
            }

            if (maps.Count == MaxMaps) throw section.Error(entry.Line, $"a map too many, expected at most {MaxMaps} in a file");

            MapDefinition map = ReadMap(section, entry, maps);
            if (names.Contains(map.Name)) throw section.Error(entry.Line, $"second map named '{map.Name}'");

            bytes += SizeBytes(map);
            if (bytes > MaxBytes)
            {
                throw section.Error(
                    entry.Line, $"{bytes} bytes of values in the maps up to here, expected at most {MaxBytes >> 20} MiB in a file");
            }

            maps.Add(map);
            names.Add(map.Name);
            contents.Add(ImmutableArray.CreateBuilder<MapEntry>());
        }

        return maps.Count > 0 ? [.. maps.Select((map, index) => map with { Contents = contents[index].ToImmutable() })] : throw section.Error($"'-- maps' is empty, expected {Expected}");
    }

    /// <summary>Of each map the line that defines it.</summary>
    public static ImmutableArray<int> LinesOf(Section? section) =>
        section is null ? [] : [.. section.Entries.Where(entry => !MapEntryReader.IsEntry(entry.Text)).Select(entry => entry.Line)];

    /// <summary>The map before the last that is pinned where the last is to be; <c>null</c>: none is.</summary>
    private static MapDefinition? OneWith(List<MapDefinition> maps) => maps.Find(map => map.Pin is not null && map.Pin == maps[^1].Pin && map != maps[^1]);

    /// <summary>Bytes of all values, each in whole 64-bit words, as arrays hold them, or of a ring. Below 2^62: nothing overflows.</summary>
    private static long SizeBytes(MapDefinition map) => map.IsRing ? map.MaxEntries : ((map.ValueBytes + 7L) & ~7L) * map.MaxEntries;

    private static MapDefinition ReadMap(Section section, Entry entry, List<MapDefinition> before)
    {
        Match match = Declaration().Match(entry.Text);
        if (!match.Success) throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected {Expected}");

        if (!Vocabulary.MapTypes.TryParse(match.Groups["kind"].Value, out MapType type))
        {
            throw section.Error(
                entry.Line, $"unknown kind of map {Section.Quote(match.Groups["kind"].Value)}, expected one of: {Vocabulary.MapTypes}");
        }

        int Number(string group) =>
            ValueText.TryParseCount(match.Groups[group].Value, out int number)
                ? number
                : throw section.Error(entry.Line, $"{group} {match.Groups[group].Value}, expected a number without leading zeros, at most {int.MaxValue}");

        string flags = match.Groups["flags"].Value;
        string inner = match.Groups["inner"].Value;
        int template = before.FindIndex(map => map.Name == inner);
        if (inner.Length > 0 && template < 0) throw section.Error(entry.Line, $"there is no map {Section.Quote(inner)} before this one");
        return new MapDefinition(match.Groups["name"].Value, type, Number("key"), Number("value"), Number("entries"))
        {
            Flags = flags.Length == 0 ? MapFlags.None : (MapFlags)uint.Parse(flags, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            InnerMap = inner.Length == 0 ? null : template,
            Extra = match.Groups["extra"].Success ? (ulong)Number("extra") : 0,
            Pin = match.Groups["pinned"].Success ? ReadPin(section, entry.Line, match) : null,
            Fields = match.Groups["field"].Captures is { Count: > 0 } fields ? [.. fields.Select(field => ReadField(section, entry.Line, field.Value))] : [],
        };
    }

    private static MapPin ReadPin(Section section, int line, Match match)
    {
        (string word, string name) = (match.Groups["namespace"].Value, match.Groups["pinned"].Value);
        if (!MapPin.IsName(name)) throw section.Error(line, $"found {Section.Quote(name)}, expected a name of letters, digits and '_', at most {MapPin.LongestName}");
        return Vocabulary.PinNamespaces.TryParse(word, out PinNamespace place)
            ? new MapPin(place, name)
            : throw section.Error(line, $"found {Section.Quote(word)}, expected one of: {Vocabulary.PinNamespaces}");
    }

    private static ValueField ReadField(Section section, int line, string text)
    {
        string[] words = FileLines.Words(text);
        if (words[0] is "flags" or "inner" or "extra" or "pin") throw section.Error(line, $"found {Section.Quote(text)}, expected {Expected}");
        if (!Vocabulary.ValueFields.TryParse(words[0], out ValueFieldKind kind))
        {
            throw section.Error(line, $"found {Section.Quote(words[0])}, expected one of: {Vocabulary.ValueFields}");
        }

        return ValueText.TryParseCount(words[1], out int offset) && offset <= LastOffset
            ? new ValueField(kind, offset)
            : throw section.Error(line, $"{words[0]} {words[1]}, expected a number without leading zeros, at most {LastOffset}");
    }

    [GeneratedRegex(
        """
        ^ (?<name> [A-Za-z_][A-Za-z0-9_]* ) [ \t]* : [ \t]* (?<kind> \S+ )
        [ \t]+ key [ \t]+ (?<key> [0-9]+ ) [ \t]+ value [ \t]+ (?<value> [0-9]+ ) [ \t]+ entries [ \t]+ (?<entries> [0-9]+ )
        ( [ \t]+ flags [ \t]+ 0x (?<flags> [0-9A-Fa-f]{1,8} ) )?
        ( [ \t]+ inner [ \t]+ (?<inner> [A-Za-z_][A-Za-z0-9_]* ) )? ( [ \t]+ extra [ \t]+ (?<extra> [0-9]+ ) )?
        ( [ \t]+ pin [ \t]+ (?<namespace> [a-z]+ ) [ \t]+ (?<pinned> \S+ ) )?
        ( [ \t]+ (?<field> [a-z_]+ [ \t]+ [0-9]+ ) ){0,16} $
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Declaration();
}
