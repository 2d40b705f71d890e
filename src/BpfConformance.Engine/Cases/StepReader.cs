using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Cases;

/// <summary>
/// Reads a <c>-- steps</c> section: runs and what user space does between them, one a line, each with what comes of it after <c>-></c>.
/// </summary>
internal sealed class StepReader(Section section, ImmutableArray<MapDefinition> maps, BpfProgram programs, CaseNames names, InputReader runs)
{
    private readonly PinReader _pins = new(section, names);
    private readonly RingReader _rings = new(section, maps, names);
    private readonly BatchReader _batches = new(section, maps, names);
    private readonly NetworkReader _network = new(section, maps, programs, names);

    public ImmutableArray<CaseInput> Read()
    {
        var inputs = new List<CaseInput>();
        foreach (Entry entry in section.Entries)
        {
            if (inputs.Count == InputReader.MaxRuns) throw section.Error(entry.Line, $"a step too many, expected at most {InputReader.MaxRuns} in a file");
            inputs.Add(ReadStep(entry) with { Text = entry.Text });
        }

        int[] lengths = [.. inputs.Where(input => input.Step is null).Select(input => input.Data.Length).Distinct()];
        if (lengths.Length > 1) throw section.Error("runs with different lengths of memory, expected the same for all");
        return inputs.Count > 0 ? [.. inputs] : throw section.Error($"'-- steps' is empty, expected steps with one of: {StepForms.Verbs}");
    }

    /// <summary>The result of a step that fails with an error of that name; <c>null</c>: it is none.</summary>
    public static ulong? ErrnoOf(string text) =>
        text.StartsWith('E') && Enum.TryParse(text, out Errno errno) && Enum.IsDefined(errno) ? unchecked((ulong)-(long)errno) : null;

    private CaseInput ReadStep(Entry entry)
    {
        string verb = FileLines.Words(entry.Text)[0]; // entries say something
        string form = StepForms.Of(verb) ?? throw section.Error(entry.Line, $"there is no step {Section.Quote(verb)}, expected one of: {StepForms.Verbs}");
        if (FileLines.BeginsWith(entry.Text, "run", out string run)) return ReadRun(entry with { Text = run });

        string[] sides = [.. entry.Text.Split("->").Select(FileLines.Trim)];
        if (sides is not [{ } left, { } right]) throw Unexpected(entry, form);
        string[] words = FileLines.Words(left);
        if (words.Length < 2) throw Unexpected(entry, form);
        if (_pins.Read(entry, words) is { } pin) return Input(entry, pin, ReadPinResult(entry, pin, right));
        if (_network.Read(entry, words) is { } step) return Input(entry, step, step.HasFate ? _network.ReadFate(entry, step, right) : (ReadDone(entry, right), null));
        if (_rings.Read(entry, words) is { } ring) return Input(entry, ring, ReadRingResult(entry, ring, right));
        if (!StepForms.IsOfMap(form)) throw Unexpected(entry, form);
        int map = IndexOf(names.Maps, words[1]);
        if (map < 0) throw section.Error(entry.Line, $"there is no map {Section.Quote(words[1])} in '-- maps'");
        if (BatchReader.Begins(words[0])) return ReadBatch(entry, map, left, right);

        MapStep onMap = words switch
        {
            // What is looked for in a bloom filter is a value.
            ["lookup", _, { } value] when maps[map].Type == MapType.BloomFilter => new(MapCommand.Lookup, map, default, Value(entry, map, value)),
            ["lookup", _, { } key] => new(MapCommand.Lookup, map, Key(entry, map, key), default),
            ["delete", _, { } key] => new(MapCommand.Delete, map, Key(entry, map, key), default),
            ["lookup_and_delete", _, { } key] => new(MapCommand.LookupAndDelete, map, Key(entry, map, key), default),
            ["next_key", _, Section.NoBytes] => new(MapCommand.NextKey, map, default, default),
            ["next_key", _, { } key] => new(MapCommand.NextKey, map, Key(entry, map, key), default),
            ["update", _, { } key, { } value] => new(MapCommand.Update, map, Key(entry, map, key), Value(entry, map, value)),
            ["update", _, { } key, { } value, { } flags] =>
                new(MapCommand.Update, map, Key(entry, map, key), Value(entry, map, value), Flags(entry, flags)),
            ["freeze", _] => new(MapCommand.Freeze, map, default, default),
            _ => throw Unexpected(entry, form),
        };
        return Input(entry, onMap, ReadResult(entry, onMap, right));
    }

    private CaseInput ReadBatch(Entry entry, int map, string left, string right)
    {
        BatchStep step = _batches.Read(entry, map, left);
        string result = FileLines.Words(right).FirstOrDefault(string.Empty);
        return Input(entry, step, (ReadDone(entry, result), _batches.ReadResult(entry, step, right[result.Length..])));
    }

    private static CaseInput Input(Entry entry, UserStep step, (ulong Result, byte[]? After) stated) =>
        new(entry.Line, ReadOnlyMemory<byte>.Empty, stated.Result, stated.After is { } after ? after : default(ReadOnlyMemory<byte>?)) { Step = step };

    /// <summary>A run of the program whose name stands before the data (which may have white space in it); without one, of the main program.</summary>
    private CaseInput ReadRun(Entry run)
    {
        string[] words = FileLines.Words(run.Text);
        int program = words is [{ } first, { } second, ..] && !second.StartsWith("->", StringComparison.Ordinal) ? IndexOf(names.Programs, first) : -1;
        if (program < 0 && words is [{ } name, _, ..] && IsWord(name)) throw section.Error(run.Line, $"there is no program {Section.Quote(name)} in this file");
        if (program < 0) return runs.ReadCase(section, run);
        return runs.ReadCase(section, run with { Text = FileLines.Trim(run.Text[words[0].Length..]) }) with { Program = program };
    }

    /// <summary>Whether a text is a name, and no bytes.</summary>
    private static bool IsWord(string text) => Section.IsName(text) && !text.All(char.IsAsciiHexDigit);

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (int index = 0; index < names.Count; index++)
        {
            if (names[index] == name) return index;
        }

        return -1;
    }

    private BpfFormatException Unexpected(Entry entry, string form) => section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected {form}");

    private byte[] Key(Entry entry, int map, string text) => MapEntryReader.ReadKey(section, entry.Line, text, maps[map]);

    private byte[] Value(Entry entry, int map, string text) => MapEntryReader.ReadValue(section, entry.Line, text, maps[map], names);

    private ulong Flags(Entry entry, string text) => text switch
    {
        "any" => UpdateFlags.Any,
        "noexist" => UpdateFlags.NoExist,
        "exist" => UpdateFlags.Exist,
        _ when text.StartsWith("0x", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong flags) => flags,
        _ => throw section.Error(entry.Line, $"found {Section.Quote(text)}, expected any, noexist, exist, or 0x and hexadecimal digits"),
    };

    private (ulong Result, byte[]? After) ReadPinResult(Entry entry, PinStep step, string text)
    {
        bool isFound = step.Command == PinCommand.Get && ErrnoOf(text) is null;
        return isFound ? (0, BitConverter.GetBytes(_pins.SubjectOf(entry, text))) : (ReadDone(entry, text), null);
    }

    /// <summary>Of a step that gives nothing.</summary>
    private ulong ReadDone(Entry entry, string text) => ErrnoOf(text)
        ?? (text == "ok" ? 0ul : throw section.Error(entry.Line, $"found {Section.Quote(text)}, expected ok, or an errno such as ENOENT"));

    private (ulong Result, byte[]? After) ReadRingResult(Entry entry, RingStep step, string text)
    {
        bool isFound = step.Command == RingCommand.Consume && ErrnoOf(text) is null;
        if (isFound) CheckBytes(entry, text, "the bytes of a record");
        return isFound ? (0, MapEntryReader.ReadRecord(section, entry.Line, text)) : (ReadDone(entry, text), null);
    }

    /// <summary>An errno that there is not is no row of digits gone wrong.</summary>
    private void CheckBytes(Entry entry, string text, string expected)
    {
        if (IsWord(text)) throw section.Error(entry.Line, $"found {Section.Quote(text)}, expected {expected}, or an errno such as ENOENT");
    }

    /// <summary>An errno; or else <c>ok</c>, or the bytes that the step gets.</summary>
    private (ulong Result, byte[]? After) ReadResult(Entry entry, MapStep step, string text)
    {
        bool givesBytes = step.Command is MapCommand.Lookup or MapCommand.LookupAndDelete or MapCommand.NextKey;
        if (!givesBytes || ErrnoOf(text) is not null) return (ReadDone(entry, text), null);

        MapDefinition map = maps[step.Map];
        bool isKey = step.Command == MapCommand.NextKey;
        if (isKey || !MapEntryReader.HasNames(map)) CheckBytes(entry, text, isKey ? "the bytes of a key" : "the bytes of a value");
        return (0, isKey
            ? MapEntryReader.ReadKey(section, entry.Line, text, map)
            : MapEntryReader.ReadValue(section, entry.Line, text, map, names));
    }
}
