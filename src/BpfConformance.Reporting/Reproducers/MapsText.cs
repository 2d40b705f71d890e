using System.Buffers.Binary;
using System.Text;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
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
            foreach (MapEntry entry in map.Contents) text.Append(Given(test, map, entry)).Append('\n');
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
                if (!isUnsaid) text.Append(MapEntryText.Of(test, map, entry)).Append('\n');
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

    /// <summary>What is put into an array of events are kinds of them, and what comes out are records.</summary>
    private static string Given(TestCase test, MapDefinition map, MapEntry entry) => map.Type == MapType.PerfEventArray
        ? $"{MapEntryText.Bytes(entry.Key.Span)} = {Vocabulary.PerfEvents[(PerfEventKind)BinaryPrimitives.ReadInt32LittleEndian(entry.Value.Span)]}"
        : MapEntryText.Of(test, map, entry);
}
