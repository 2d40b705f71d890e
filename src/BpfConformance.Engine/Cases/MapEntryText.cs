using System.Buffers.Binary;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;

namespace BpfConformance.Engine.Cases;

/// <summary>Entries of maps as case files state them: what <see cref="MapEntryReader"/> reads.</summary>
public static class MapEntryText
{
    /// <summary><c>KEY = VALUE</c>.</summary>
    public static string Of(TestCase test, MapDefinition map, MapEntry entry) => $"{Bytes(entry.Key.Span)} = {Value(test, map, entry.Value.Span)}";

    /// <summary>A value; names stand for the maps, programs, groups and sockets that are in one.</summary>
    public static string Value(TestCase test, MapDefinition map, ReadOnlySpan<byte> value)
    {
        if (map.HoldsRecords || value.Length < sizeof(uint)) return Bytes(value);
        int number = BinaryPrimitives.ReadInt32LittleEndian(value);
        if (!map.CanNamePrograms) return NameOf(test, map, number) ?? Bytes(value);
        int program = BinaryPrimitives.ReadInt32LittleEndian(value[sizeof(uint)..]) - 1;
        return program >= 0 && program < test.Program.Count ? $"{Bytes(value[..sizeof(uint)])}+{test.Program[program].Name}" : Bytes(value);
    }

    public static string Bytes(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? Section.NoBytes : Convert.ToHexStringLower(bytes);

    private static string? NameOf(TestCase test, MapDefinition map, int number)
    {
        if (map.Type is MapType.ArrayOfMaps or MapType.HashOfMaps) return number >= 0 && number < test.Maps.Length ? test.Maps[number].Name : null;
        if (map.Type == MapType.ProgArray) return number >= 0 && number < test.Program.Count ? test.Program[number].Name : null;
        if (map.Type == MapType.CgroupArray) return Enum.IsDefined((ControlGroupKind)number) ? Vocabulary.ControlGroups[(ControlGroupKind)number] : null;
        if (!map.HoldsSockets || number is < 0 or > byte.MaxValue || !Enum.IsDefined((NetworkPlace)number)) return null;
        var place = (NetworkPlace)number;
        return place.IsSocket() ? Vocabulary.Places[place] : null;
    }
}
