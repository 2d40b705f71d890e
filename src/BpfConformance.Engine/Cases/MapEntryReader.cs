using BpfConformance.Abi.Maps;
using BpfConformance.Loading.Bytecode;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads <c>KEY = VALUE</c>, an entry of a map: bytes; of a map of maps the name of a map of the case, of an array of programs that of a program; in a map of devices or processors the name of a program may stand behind a <c>+</c>.</summary>
internal static class MapEntryReader
{
    public const string Expected = "KEY = VALUE";

    public static bool IsEntry(string text) => text.Contains('=', StringComparison.Ordinal);

    /// <param name="section">Where it stands.</param>
    /// <param name="entry">The line.</param>
    /// <param name="map">Whose it is.</param>
    /// <param name="names">Of the maps of the case so far, and of its programs.</param>
    public static MapEntry Read(Section section, Entry entry, MapDefinition map, CaseNames names)
    {
        string[] sides = [.. entry.Text.Split('=').Select(FileLines.Trim)];
        if (sides is not [{ } key, { } value]) throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected {Expected}");
        return new MapEntry(ReadKey(section, entry.Line, key, map), ReadValue(section, entry.Line, value, map, names));
    }

    public static byte[] ReadKey(Section section, int line, string text, MapDefinition map) =>
        ReadBytes(section, line, text, "key", map.KeyBytes, map);

    public static byte[] ReadValue(Section section, int line, string text, MapDefinition map, CaseNames names)
    {
        if (map.Type is MapType.ArrayOfMaps or MapType.HashOfMaps) return ReadIndex(section, line, text, names.Maps, "map", "in '-- maps'");
        if (map.Type is MapType.ProgArray) return ReadIndex(section, line, text, names.Programs, "program", "in this file");
        return map.CanNamePrograms && text.Split('+') is [{ } number, { } program]
            ? [.. ReadBytes(section, line, number, "number", sizeof(uint), map), .. BitConverter.GetBytes(1 + IndexOf(section, line, program, names.Programs, "program", "in this file"))]
            : ReadBytes(section, line, text, "value", map.ValueBytes, map);
    }

    private static byte[] ReadIndex(Section section, int line, string text, IReadOnlyList<string> names, string what, string where) =>
        BitConverter.GetBytes(IndexOf(section, line, text, names, what, where));

    private static int IndexOf(Section section, int line, string text, IReadOnlyList<string> names, string what, string where)
    {
        for (int index = 0; index < names.Count; index++)
        {
            if (names[index] == text) return index;
        }

        throw section.Error(line, $"there is no {what} {Section.Quote(text)} {where}");
    }

    private static byte[] ReadBytes(Section section, int line, string text, string what, int count, MapDefinition map)
    {
        byte[] bytes = text == Section.NoBytes ? [] : HexText.Parse(text, section.File, line);
        return bytes.Length == count
            ? bytes
            : throw section.Error(line, $"found a {what} of {bytes.Length} bytes, expected {count} for map '{map.Name}'");
    }
}
