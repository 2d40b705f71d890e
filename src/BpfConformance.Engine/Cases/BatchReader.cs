using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads steps with many elements of a map at once, and what comes of them.</summary>
internal sealed class BatchReader(Section section, ImmutableArray<MapDefinition> maps, CaseNames names)
{
    /// <summary>Whether a word begins one.</summary>
    public static bool Begins(string word) => CommandOf(word) is not null;

    /// <param name="entry">The line.</param>
    /// <param name="map">Its map.</param>
    /// <param name="left">What stands before the arrow.</param>
    public BatchStep Read(Entry entry, int map, string left)
    {
        string[] words = FileLines.Words(Joined(left));
        BatchCommand command = CommandOf(words[0])!.Value; // it begins one
        bool hasFlags = words is [_, _, "flags", _, ..];
        ulong flags = hasFlags ? ReadFlags(entry, words[3]) : 0;
        string[] rest = words[(hasFlags ? 4 : 2)..];
        return command switch
        {
            BatchCommand.Lookup or BatchCommand.LookupAndDelete => ReadLookup(entry, command, map, rest) with { Flags = flags },
            BatchCommand.Update => Given(entry, command, map, [.. rest.Select(word => ReadEntry(entry, map, word))]) with { Flags = flags },
            BatchCommand.Delete => Given(entry, command, map, [.. rest.Select(word => new MapEntry(Key(entry, map, word), default))]) with { Flags = flags },
        };
    }

    /// <summary>What the step gets, as data; behind an errno or <c>ok</c>.</summary>
    public byte[] ReadResult(Entry entry, BatchStep step, string text)
    {
        string[] words = FileLines.Words(Joined(text));
        MapDefinition map = maps[step.Map];
        if (!step.IsLookup)
        {
            return words is [{ } number] && ValueText.TryParseCount(number, out int count)
                ? BitConverter.GetBytes(count)
                : throw Unexpected(entry, text);
        }

        MapEntry[] got = [.. words.Select(word => ReadEntry(entry, step.Map, word))];
        if (got.Length > step.Count) throw section.Error(entry.Line, $"{got.Length} elements, expected at most {step.Count}");
        var data = new byte[step.DataBytes(map)];
        return data[..BatchStep.Write(data, new byte[data.Length], map, new BatchResult(got.Length, InARow(got, element => element.Key), InARow(got, element => element.Value)))];
    }

    private BatchStep ReadLookup(Entry entry, BatchCommand command, int map, string[] words)
    {
        if (words is not ["first" or "next", { } number] || !ValueText.TryParseCount(number, out int count)) throw Unexpected(entry, string.Join(' ', words));
        Check(entry, map, count);
        return new BatchStep(command, map, count, default, default) { GoesOn = words[0] == "next" };
    }

    private BatchStep Given(Entry entry, BatchCommand command, int map, MapEntry[] elements)
    {
        Check(entry, map, elements.Length);
        return new BatchStep(command, map, elements.Length, InARow(elements, element => element.Key), InARow(elements, element => element.Value));
    }

    private void Check(Entry entry, int map, long count)
    {
        long bytes = count * ((long)maps[map].KeyBytes + maps[map].ValueBytes);
        if (bytes > BatchStep.MaxBytes) throw section.Error(entry.Line, $"a batch of {bytes} bytes, expected at most {BatchStep.MaxBytes >> 20} MiB");
    }

    private MapEntry ReadEntry(Entry entry, int map, string word) => MapEntryReader.Read(section, entry with { Text = word }, maps[map], names);

    private byte[] Key(Entry entry, int map, string word) => MapEntryReader.ReadKey(section, entry.Line, word, maps[map]);

    private ulong ReadFlags(Entry entry, string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) && ValueText.TryParse(text, out ulong flags)
            ? flags
            : throw section.Error(entry.Line, $"found {Section.Quote(text)}, expected 0x and hexadecimal digits");

    private BpfFormatException Unexpected(Entry entry, string text) => section.Error(entry.Line, $"found {Section.Quote(text)}, expected {StepForms.Of(FileLines.Words(entry.Text)[0])}");

    private static byte[] InARow(MapEntry[] elements, Func<MapEntry, ReadOnlyMemory<byte>> part) => [.. elements.SelectMany(element => part(element).ToArray())];

    /// <summary>Around a <c>=</c> white space may stand.</summary>
    private static string Joined(string text) => string.Join('=', text.Split('=').Select(FileLines.Trim));

    private static BatchCommand? CommandOf(string word) => word switch
    {
        "lookup_batch" => BatchCommand.Lookup,
        "lookup_and_delete_batch" => BatchCommand.LookupAndDelete,
        "update_batch" => BatchCommand.Update,
        "delete_batch" => BatchCommand.Delete,
        _ => null,
    };
}
