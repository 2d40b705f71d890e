using System.Globalization;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;

namespace BpfConformance.Engine.Cases;

/// <summary>
/// Reads <c>KEY = VALUE</c>, an entry of a map: bytes; of a map of maps the name of a map of the case, of an array of programs that of a program, of an
/// array of perf events a kind of event, of one of control groups which of them, of a map of sockets the place of one; in a map of devices or processors the
/// name of a program may stand behind a <c>+</c>.
/// </summary>
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
        (string key, string value) = Sides(section, entry);
        if (map.Type == MapType.Ringbuf) throw section.Error(entry.Line, $"found an entry of map '{map.Name}', into which only programs put records");
        if (map.IsGroupStorage || map.IsObjectStorage) throw section.Error(entry.Line, $"found an entry of map '{map.Name}', whose entries come when programs are attached or run");
        return new MapEntry(ReadKey(section, entry.Line, key, map), ReadValue(section, entry.Line, value, map, names));
    }

    /// <summary>The same of what is in a map afterwards: values are records where that is what comes out of it.</summary>
    public static MapEntry ReadAfter(Section section, Entry entry, MapDefinition map, CaseNames names)
    {
        (string key, string value) = Sides(section, entry);
        return new MapEntry(
            ReadKey(section, entry.Line, key, map),
            map.HoldsRecords ? ReadRecord(section, entry.Line, value) : ReadValue(section, entry.Line, value, map, names));
    }

    /// <summary>Whether words stand for values.</summary>
    public static bool HasNames(MapDefinition map) => map.HoldsSockets
        || map.Type is MapType.ArrayOfMaps or MapType.HashOfMaps or MapType.ProgArray or MapType.PerfEventArray or MapType.CgroupArray;

    public static byte[] ReadRecord(Section section, int line, string text) => section.Bytes(line, text);

    public static byte[] ReadKey(Section section, int line, string text, MapDefinition map) =>
        ReadBytes(section, line, text, "key", map.KeyBytes, map);

    public static byte[] ReadValue(Section section, int line, string text, MapDefinition map, CaseNames names)
    {
        if (map.Type is MapType.ArrayOfMaps or MapType.HashOfMaps) return ReadIndex(section, line, text, names.Maps, "map", "in '-- maps'");
        if (map.Type is MapType.ProgArray) return ReadIndex(section, line, text, names.Programs, "program", "in this file");
        if (map.Type is MapType.PerfEventArray) return ReadWord(section, line, text, Vocabulary.PerfEvents);
        if (map.Type is MapType.CgroupArray) return ReadWord(section, line, text, Vocabulary.ControlGroups);
        if (map.HoldsSockets && ReadSocket(section, line, text, map) is { } socket) return socket;
        if (map.Type is MapType.UserRingbuf) return ReadRecord(section, line, text);
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

    private static byte[] ReadWord<T>(Section section, int line, string text, Vocabulary<T> words)
        where T : struct, Enum => words.TryParse(text, out T kind)
        ? BitConverter.GetBytes(Convert.ToInt32(kind, CultureInfo.InvariantCulture))
        : throw section.Error(line, $"found {Section.Quote(text)}, expected one of: {words}");

    /// <summary>The place of a socket; <c>null</c>: it is bytes.</summary>
    private static byte[]? ReadSocket(Section section, int line, string text, MapDefinition map)
    {
        bool isPlace = Vocabulary.Places.TryParse(text, out NetworkPlace place);
        if (!isPlace && !text.Any(c => char.IsAsciiLetter(c) && c != 'x' && !char.IsAsciiHexDigit(c))) return null;
        if (!isPlace || !place.IsSocket()) throw section.Error(line, $"found {Section.Quote(text)}, expected a socket (receiver, first, second, client, server) or the bytes of a value");
        byte[] value = new byte[Math.Max(map.ValueBytes, sizeof(uint))]; // another length makes no map
        BitConverter.TryWriteBytes(value, (uint)place);
        return value;
    }

    private static (string Key, string Value) Sides(Section section, Entry entry)
    {
        string[] sides = [.. entry.Text.Split('=').Select(FileLines.Trim)];
        return sides is [{ } key, { } value] ? (key, value) : throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected {Expected}");
    }

    private static byte[] ReadBytes(Section section, int line, string text, string what, int count, MapDefinition map)
    {
        byte[] bytes = section.Bytes(line, text);
        return bytes.Length == count
            ? bytes
            : throw section.Error(line, $"found a {what} of {bytes.Length} bytes, expected {count} for map '{map.Name}'");
    }
}
