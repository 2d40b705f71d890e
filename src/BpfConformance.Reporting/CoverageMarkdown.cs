using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;

namespace BpfConformance.Reporting;

/// <summary>Writes coverage as Markdown: a table for each conformance group. The same suite gives the same bytes.</summary>
public static class CoverageMarkdown
{
    private const string NotApplicable = "–";

    private const string Introduction = """
        # Coverage of the instruction set

        What the vectors under `conformance/` do with each row of [isa.csv](../conformance/isa.csv), measured in a run on the reference,
        instruction by instruction. Written by `bpfconf coverage --report reports/coverage.md`; a test holds it against the vectors.

        * **Observed**: ✅ a wrong result of this row makes a case fail. This is measured, not assumed: the reference is run with the lowest
          bit of each result flipped, then the highest; with the first and last byte of what is stored flipped; with conditions that go
          the other way; with jumps and local calls passed over; with r6 changed by calls of helpers, and by the way back from functions.
          ➖ the row cannot run; [below](#rows-that-cannot-run) is why.
        * **Cases** execute the row. **Refused** cases hold it in a program that is not loaded, mostly because it must not be.
        * **Operands**: different operands; dst and src, or immediate, of arithmetic and conditional jumps, what is loaded and its offset,
          what is stored, memory and src of atomics (and r0 of cmpxchg). At most 2 are *thin*.
        * **Registers**: pairs of dst and src among r0–r9, or registers where the row names one. **r10**: pairs with r10, which is read only.
        * **Offsets**, **Distances** and **Immediates**: [classes of values](#classes-of-values). A distance counts only where it was jumped.
        * **Ways** of a conditional jump: jumped, and went on.

        – stands where a row has no such field. Faulting instructions count as executed, and for nothing else.


        """;

    /// <summary>The columns of a group's table: title, and the cell of a row.</summary>
    private static readonly ImmutableArray<(string Title, Func<CoverageRow, string> Cell)> s_columns =
    [
        ("Observed", row => row.Excuse is not null ? "➖" : row.IsObserved ? "✅" : "❌"),
        ("Cases", row => $"{row.Seen.Cases}"),
        ("Refused", row => $"{row.Seen.RefusedCases}"),
        ("Executions", row => $"{row.Seen.Executions}"),
        ("Operands", row => Operands(row.Seen)),
        ("Registers", row => row.Seen.Registers is { } seen ? $"{seen.Hit} of {seen.Possible}" : NotApplicable),
        ("r10", row => row.Seen.Registers is { } seen ? $"{seen.WithFramePointer}" : NotApplicable),
        ("Offsets", row => Classes(row.Seen.Offsets)),
        ("Distances", row => Classes(row.Seen.Distances)),
        ("Ways", row => row.Seen.Ways is { } ways ? $"{Math.Sign(ways.Jumped) + Math.Sign(ways.Continued)} of 2" : NotApplicable),
        ("Immediates", row => Classes(row.Seen.Immediates)),
    ];

    public static void Write(CoverageReport report, TextWriter writer)
    {
        writer.Write(Introduction.ReplaceLineEndings("\n"));
        WriteSummary(report, writer);
        foreach (CoverageGroup group in report.Groups) WriteGroup(group, writer);
        WriteList("Rows that cannot run", report.Rows.Where(row => row.Excuse is not null).Select(row => $"`{row.Name}` {row.Excuse}."), writer);
        WriteList("Not covered", report.Rows.Select(Missing).OfType<string>(), writer);
        WriteClasses(writer);
    }

    private static void WriteSummary(CoverageReport report, TextWriter writer)
    {
        writer.Write("| Group | Rows | Covered | Observed | Cannot run | Thin | All register pairs |\n|:--|--:|--:|--:|--:|--:|--:|\n");
        foreach (CoverageGroup group in report.Groups)
        {
            (int full, int of) = group.RegisterPairs;
            writer.Write(
                $"| [`{NameOf(group)}`](#{NameOf(group)}) | {group.Rows.Length} | {group.Covered} | {group.Observed} "
                + $"| {group.Excused} | {group.Thin} | {full} of {of} |\n");
        }

        writer.Write("\n");
    }

    private static void WriteGroup(CoverageGroup group, TextWriter writer)
    {
        var columns = s_columns.Where(column => group.Rows.Any(row => column.Cell(row) != NotApplicable)).ToList();
        writer.Write($"## {NameOf(group)}\n\n");
        writer.Write($"| Row |{string.Concat(columns.Select(column => $" {column.Title} |"))}\n");
        writer.Write($"|:--|{string.Concat(columns.Select(_ => "--:|"))}\n");
        foreach (CoverageRow row in group.Rows)
        {
            writer.Write($"| `{row.Name}` |{string.Concat(columns.Select(column => $" {column.Cell(row)} |"))}\n");
        }

        writer.Write("\n");
    }

    private static void WriteList(string title, IEnumerable<string> entries, TextWriter writer)
    {
        string[] lines = [.. entries.Select(entry => $"- {entry}\n")];
        if (lines.Length > 0) writer.Write($"## {title}\n\n{string.Concat(lines)}\n");
    }

    private static void WriteClasses(TextWriter writer)
    {
        writer.Write("## Classes of values\n\n");
        foreach ((string title, ValueClasses classes) in (ReadOnlySpan<(string, ValueClasses)>)
            [
                ("Offsets, in bytes", ValueClasses.Offsets),
                ("Distances of conditional jumps, in slots", ValueClasses.ConditionalDistances),
                ("Distances of other jumps by the offset", ValueClasses.Distances),
                ("Distances by the immediate: ja32 and calls", ValueClasses.LongDistances),
                ("Immediates", ValueClasses.Immediates),
            ])
        {
            writer.Write($"- {title}: {List(classes.All)}\n");
        }
    }

    private static string? Missing(CoverageRow row)
    {
        if (row.Excuse is not null) return null;
        RowCoverage seen = row.Seen;
        if (!seen.IsCovered) return $"`{row.Name}`: no case executes it";
        var missing = new List<string>();
        if (!row.IsObserved) missing.Add($"not observed: {string.Join(", ", row.Unseen.Select(RowDefects.Describe))}");
        if (seen.IsThin) missing.Add("thin");
        if (seen.Registers is { } registers && registers.Hit < registers.Possible)
        {
            missing.Add($"{(registers.Possible > 10 ? "register pairs" : "registers")} {registers.Hit} of {registers.Possible}");
        }

        AddMissing("offsets", seen.Offsets);
        AddMissing("distances", seen.Distances);
        if (seen.Ways is { Jumped: 0 }) missing.Add("never jumps");
        if (seen.Ways is { Continued: 0 }) missing.Add("never goes on");
        AddMissing("immediates", seen.Immediates);
        return missing.Count == 0 ? null : $"`{row.Name}`: {string.Join("; ", missing)}";

        void AddMissing(string what, ClassCoverage? classes)
        {
            if (classes is not null && classes.Hit < classes.Possible) missing.Add($"{what} {List(classes.Missing)}");
        }
    }

    private static string Operands(RowCoverage seen) => seen.OperandPairs switch
    {
        null => NotApplicable,
        >= RowCoverage.OperandPairsCounted => $"≥ {RowCoverage.OperandPairsCounted}",
        { } counted => $"{counted}",
    };

    private static string Classes(ClassCoverage? seen) => seen is null ? NotApplicable : $"{seen.Hit} of {seen.Possible}";

    private static string List(IEnumerable<ValueClass> classes) => string.Join(", ", classes);

    private static string NameOf(CoverageGroup group) => Vocabulary.Groups[group.Group];
}
