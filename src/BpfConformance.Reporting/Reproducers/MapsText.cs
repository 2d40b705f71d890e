using System.Buffers.Binary;
using System.Text;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>The maps of a case, and programs that name them, as vectors have them.</summary>
internal static class MapsText
{
    /// <summary>The lines of <c>-- maps</c>.</summary>
    public static string Of(TestCase test)
    {
        var text = new StringBuilder();
        foreach (MapDefinition map in test.Maps)
        {
            text.Append($"{map.Name}: {Vocabulary.MapTypes[map.Type]} key {map.KeyBytes} value {map.ValueBytes} entries {map.MaxEntries}");
            if (map.Flags != MapFlags.None) text.Append($" flags 0x{(uint)map.Flags:x}");
            if (map.InnerMap is { } inner) text.Append($" inner {test.Maps[inner].Name}");
            if (map.Extra != 0) text.Append($" extra {map.Extra}");
            if (map.Pin is { } pin) text.Append($" pin {Vocabulary.PinNamespaces[pin.Namespace]} {pin.Name}");
            foreach (ValueField field in map.Fields) text.Append($" {Vocabulary.ValueFields[field.Kind]} {field.Offset}");
            text.Append('\n');
            foreach (MapEntry entry in map.Contents) text.Append($"{BytesText.InLine(entry.Key.Span)} = {ValueOf(test, map, entry.Value.Span)}\n");
        }

        return text.ToString();
    }

    /// <summary>The section <c>-- maps-after</c>, of what is stated after the last input; nothing where nothing is.</summary>
    public static string After(TestCase test)
    {
        if (test.Inputs is not [.., { MapsAfter: { IsEmpty: false } stated }]) return string.Empty;
        var text = new StringBuilder("-- maps-after\n");
        foreach (StatedMap each in stated)
        {
            MapDefinition map = test.Maps[each.Map];
            text.Append($"{map.Name}:\n");
            foreach (MapEntry entry in MapImage.Entries(map, each.Part))
            {
                // Of an array all indices are there, and those for which nothing stands hold zeros.
                bool isUnsaid = map.Type is MapType.Array or MapType.PercpuArray && !entry.Value.Span.ContainsAnyExcept((byte)0);
                if (!isUnsaid) text.Append($"{BytesText.InLine(entry.Key.Span)} = {(map.HoldsRecords ? BytesText.InLine(entry.Value.Span) : ValueOf(test, map, entry.Value.Span))}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>One of the programs as text that is read back as the same slots, with maps by their names.</summary>
    public static string Listing(TestCase test, int program)
    {
        ReadOnlySpan<Instruction> slots = test.Program.Instructions.AsSpan()[test.Program.SlotsOf(program)];
        string text = Disassembler.Listing(slots);
        for (int map = test.Maps.Length - 1; map >= 0; map--)
        {
            text = text.Replace($"map_by_fd({map})", $"map_by_fd({test.Maps[map].Name})", StringComparison.Ordinal).Replace($"map_by_idx({map})", $"map_by_idx({test.Maps[map].Name})", StringComparison.Ordinal);
        }

        return text;
    }

    private static string ValueOf(TestCase test, MapDefinition map, ReadOnlySpan<byte> value) => map.Type switch
    {
        MapType.ArrayOfMaps or MapType.HashOfMaps => test.Maps[Number(value)].Name,
        MapType.ProgArray => test.Program[Number(value)].Name,
        MapType.PerfEventArray => Vocabulary.PerfEvents[(PerfEventKind)Number(value)],
        MapType.CgroupArray => Vocabulary.ControlGroups[(ControlGroupKind)Number(value)],
        _ when map.HoldsSockets && ((NetworkPlace)Number(value)).IsSocket() => Vocabulary.Places[(NetworkPlace)Number(value)],
        _ => BytesText.InLine(value),
    };

    private static int Number(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt32LittleEndian(value);
}
