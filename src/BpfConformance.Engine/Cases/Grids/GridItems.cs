using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BpfConformance.Abi;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>
/// The memories of a grid's runs: a record for each element of the product of its factors (<c>name = values</c>, the last
/// running fastest), laid out field by field, a number of records (<c>per-run n</c>) in each run.
/// </summary>
internal sealed class GridItems
{
    private const int MaxRecords = 1 << 20;

    private static readonly Dictionary<string, int> s_sizes =
        new(StringComparer.Ordinal) { ["u8"] = 1, ["u16"] = 2, ["u32"] = 4, ["u64"] = 8 };

    private readonly Section _section;
    private readonly List<(string Name, IReadOnlyList<long> Values)> _factors = [];
    private readonly Section _layout;
    private int? _perRun;
    private int _loops;

    private GridItems(Section section)
    {
        _section = section;
        _layout = new Section(section.File, section.Name, section.Line);
    }

    /// <exception cref="BpfFormatException">Anything wrong with the section.</exception>
    public static ImmutableArray<CaseInput> Read(Section section)
    {
        var items = new GridItems(section);
        var nothing = new GridScope();
        for (int i = 0; i < section.Lines.Count; i++) items.Add(section.FirstLine + i, section.Lines[i], nothing);
        return items.Build();
    }

    /// <summary>Factors and <c>per-run</c> are read here; what is left is the layout, and keeps its lines.</summary>
    private void Add(int line, string raw, GridScope nothing)
    {
        string text = Section.WithoutComment(raw);
        bool isPerRun = FileLines.BeginsWith(text, "per-run", out string count);
        bool isFactor = !isPerRun && !text.StartsWith('@') && text.Contains('=', StringComparison.Ordinal);
        if (text.StartsWith('@')) _loops += text == GridTemplate.End ? -1 : 1;
        if ((isPerRun || isFactor) && _loops > 0) throw _section.Error(line, $"{Section.Quote(text)} has no place in a loop");
        _layout.Add(isPerRun || isFactor ? string.Empty : raw);
        if (isPerRun)
        {
            if (_perRun is not null) throw _section.Error(line, "second 'per-run'");
            _perRun = ValueText.TryParseCount(count, out int records) ? records : 0;
            if (_perRun is 0 or > MaxRecords) throw _section.Error(line, $"found {Section.Quote(text)}, expected 'per-run' and a number from 1 to {MaxRecords}");
        }
        else if (isFactor)
        {
            (string name, string values) = GridNames.Assignment(text, _section, line);
            if (_factors.Exists(factor => factor.Name == name)) throw _section.Error(line, $"second factor '{name}'");
            _factors.Add((name, GridValues.Parse(values, _section, line).In(nothing)));
            if (Count > MaxRecords) throw _section.Error(line, $"{Count} records up to here, expected at most {MaxRecords}");
        }
    }

    private long Count => _factors.Aggregate(1L, (product, factor) => product * factor.Values.Count);

    private ImmutableArray<CaseInput> Build()
    {
        if (Count == 0) throw _section.Error("no records, expected factors with values");
        int perRun = _perRun ?? 1;
        long runs = (Count + perRun - 1) / perRun;
        if (runs > InputReader.MaxRuns) throw _section.Error($"{runs} runs, expected at most {InputReader.MaxRuns}");

        GridTemplate layout = GridTemplate.Parse(_layout);
        var memory = new List<byte>();
        int recordBytes = 0;
        foreach (GridScope scope in Scopes())
        {
            int start = memory.Count;
            foreach (FilledLine line in layout.Fill(scope)) Add(memory, line);
            if (start == 0) recordBytes = memory.Count;
            if (memory.Count - start == recordBytes) continue;
            throw _section.Error($"records of {recordBytes} and {memory.Count - start} bytes, expected one length");
        }

        // The last run is filled up with the last record: all runs have one length.
        byte[] last = [.. memory[^recordBytes..]];
        CheckRoom(runs * perRun * recordBytes);
        for (long missing = (runs * perRun) - Count; missing > 0; missing--) memory.AddRange(last);
        return [.. Cut([.. memory], (int)runs).Select(run => new CaseInput(_section.Line, run, null, null))];
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Cut(byte[] memory, int runs)
    {
        int length = memory.Length / runs;
        return Enumerable.Range(0, runs).Select(run => new ReadOnlyMemory<byte>(memory, run * length, length));
    }

    private void CheckRoom(long bytes)
    {
        if (bytes > InputReader.MaxDataBytes) throw _section.Error($"more than {InputReader.MaxDataBytes >> 20} MiB of memory in all runs");
    }

    private IEnumerable<GridScope> Scopes()
    {
        for (long i = 0; i < Count; i++)
        {
            var scope = new GridScope();
            long rest = i;
            foreach ((string name, IReadOnlyList<long> values) in _factors.AsEnumerable().Reverse())
            {
                scope.Set(name, values[(int)(rest % values.Count)]);
                rest /= values.Count;
            }

            yield return scope;
        }
    }

    /// <summary><c>u8</c> to <c>u64</c> and a value, little endian and cut to the width; <c>fill COUNT BYTE</c>.</summary>
    private void Add(List<byte> memory, FilledLine line)
    {
        switch (FileLines.Words(line.Text))
        {
            case ["fill", { } count, { } filler]
                when ValueText.TryParseCount(count, out int bytes)
                    && ValueText.TryParse(filler, out ulong single)
                    && single <= byte.MaxValue:
                CheckRoom((long)memory.Count + bytes);
                CollectionsMarshal.SetCount(memory, memory.Count + bytes);
                CollectionsMarshal.AsSpan(memory)[^bytes..].Fill((byte)single);
                break;
            case [{ } width, { } number] when s_sizes.TryGetValue(width, out int size) && ValueText.TryParse(number, out ulong value):
                CheckRoom((long)memory.Count + size);
                Span<byte> field = stackalloc byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64LittleEndian(field, value);
                memory.AddRange(field[..size]);
                break;
            default:
                throw _section.Error(
                    line.Line, $"found {Section.Quote(line.Text)}, expected u8, u16, u32 or u64 and a value, or fill COUNT BYTE");
        }
    }
}
