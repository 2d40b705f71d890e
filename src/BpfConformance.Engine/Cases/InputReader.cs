using System.Collections.Immutable;
using BpfConformance.Loading.Bytecode;

namespace BpfConformance.Engine.Cases;

/// <summary>
/// Reads the runs of a <c>.vector</c>: a <c>cases</c> section with a run a line, or the sections of a single run
/// (<c>memory</c> or <c>packet</c>, <c>result</c>, <c>memory-after</c>).
/// </summary>
/// <param name="returns">Whether runs return, and so have results; else they fault.</param>
/// <param name="isPacket">Whether data are packets: their lengths may differ, and change.</param>
internal sealed class InputReader(bool returns, bool isPacket)
{
    public const int MaxRuns = 100_000;

    /// <summary>Targets hold all runs of a file at once, each with room for the longest data.</summary>
    public const int MaxDataBytes = 64 << 20;

    /// <summary>A single run.</summary>
    /// <param name="line">For messages.</param>
    /// <param name="data"><c>memory</c> or <c>packet</c>; <c>null</c>: empty.</param>
    /// <param name="result">r0; <c>null</c> when nothing is returned.</param>
    /// <param name="after"><c>memory-after</c>; <c>null</c>: not stated.</param>
    public ImmutableArray<CaseInput> ReadSingle(int line, Section? data, ulong? result, Section? after)
    {
        byte[] before = data is null ? [] : ReadHex(data);
        if (after is null) return [new CaseInput(line, before, result, DataAfter: null)];

        byte[] afterwards = ReadHex(after);
        CheckLength(after, after.Line, afterwards, before);
        return [new CaseInput(line, before, result, afterwards) { DataAfterLine = after.FirstLine }];
    }

    /// <summary>One run a line: <c>HEX -> VALUE</c> or <c>HEX -> VALUE / HEX-AFTER</c>; <c>HEX</c> alone when runs fault.</summary>
    public ImmutableArray<CaseInput> ReadCases(Section section)
    {
        var inputs = new List<CaseInput>();
        int longest = 0;
        foreach (Entry entry in section.Entries)
        {
            if (inputs.Count == MaxRuns) throw section.Error(entry.Line, $"a run too many, expected at most {MaxRuns} in a file");

            CaseInput input = returns ? ReadCase(section, entry) : new CaseInput(entry.Line, ReadHex(section, entry.Line, entry.Text), null, null);
            if (!isPacket && inputs is [CaseInput first, ..] && first.Data.Length != input.Data.Length)
            {
                throw section.Error(
                    entry.Line, $"found {input.Data.Length} bytes of memory, expected {first.Data.Length} as in line {first.Line}");
            }

            inputs.Add(input);
            longest = Math.Max(longest, input.Data.Length);
            if ((long)inputs.Count * longest > MaxDataBytes)
            {
                throw section.Error(
                    entry.Line,
                    $"{inputs.Count} runs up to here with room for {longest} bytes each, the longest data, expected at most {MaxDataBytes >> 20} MiB in a file");
            }
        }

        return inputs.Count > 0 ? [.. inputs] : throw section.Error("'-- cases' is empty, expected a run a line");
    }

    /// <summary>One run.</summary>
    public CaseInput ReadCase(Section section, Entry entry)
    {
        string[] sides = [.. entry.Text.Split("->").Select(FileLines.Trim)];
        if (sides is not [{ } before, { } outcome])
        {
            throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected HEX -> VALUE or HEX -> VALUE / HEX-AFTER");
        }

        byte[] data = ReadHex(section, entry.Line, before);
        string[] parts = [.. outcome.Split('/').Select(FileLines.Trim)];
        ulong result = ReadValue(section, entry.Line, parts[0]);
        if (parts is [_]) return new CaseInput(entry.Line, data, result, null);
        if (parts is not [_, { } afterwards])
        {
            throw section.Error(entry.Line, $"found {Section.Quote(outcome)}, expected VALUE / HEX-AFTER");
        }

        byte[] after = ReadHex(section, entry.Line, afterwards);
        CheckLength(section, entry.Line, after, data);
        return new CaseInput(entry.Line, data, result, after);
    }

    /// <summary>Refuses what every run of a file leaves beside its data, where it is too much.</summary>
    /// <param name="section">That it comes from; <c>null</c>: there is none.</param>
    /// <param name="bytes">Of one run.</param>
    /// <param name="runs">How many.</param>
    /// <param name="what">What it is, for messages.</param>
    public static void CheckSize(Section? section, long bytes, int runs, string what)
    {
        if (section is null || bytes * runs <= MaxDataBytes) return;
        throw section.Error($"{bytes} bytes of {what}, {runs} times, expected at most {MaxDataBytes >> 20} MiB in a file");
    }

    public static ulong ReadValue(Section section, int line, string text) =>
        ValueText.TryParse(text, out ulong value)
            ? value
            : throw section.Error(line, $"found {Section.Quote(text)}, expected {ValueText.Expected}");

    /// <summary>Bytes of a whole section; empty ones are <c>-</c> or nothing.</summary>
    private static byte[] ReadHex(Section section) =>
        section.HoldsNoBytes ? [] : HexText.Parse(section.Text, section.File, section.FirstLine);

    private static byte[] ReadHex(Section section, int line, string text)
    {
        if (text.Length == 0) throw section.Error(line, $"found no bytes, expected hexadecimal digits or '{Section.NoBytes}'");
        return section.Bytes(line, text);
    }

    private void CheckLength(Section section, int line, byte[] after, byte[] before)
    {
        if (isPacket || after.Length == before.Length) return;
        throw section.Error(line, $"found {after.Length} bytes of memory afterwards, expected {before.Length} as before");
    }
}
