using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting;
using Spectre.Console;

namespace BpfConformance.Cli;

/// <summary>What <c>exec</c> prints of a case: the targets' verdicts, their runs side by side, what they left in maps, and what must not be so.</summary>
public static class ExecListing
{
    private const int BytesShown = 16;

    /// <summary>On either side of where memories differ: rows stay narrow.</summary>
    private const int BytesAround = 4;

    /// <param name="experiment">What the targets did.</param>
    /// <param name="results">The judgements on them, in their order.</param>
    /// <param name="isWhole">Whether memories, values and maps are shown whole, whatever their size.</param>
    /// <param name="output">Takes the lines.</param>
    public static void Write(Experiment experiment, ImmutableArray<CaseResult> results, bool isWhole, TextWriter output)
    {
        Finding[] findings = [.. results.SelectMany(result => result.Findings)];
        WriteVerdicts(experiment, output);
        if (experiment.Runs.Any(run => run.Observations is { Count: > 0 })) WriteRuns(experiment, findings, isWhole, output);
        MapListing.Write(experiment, isWhole, output);
        foreach (Finding finding in findings) output.WriteLine($"{finding.Target}, {Subject(experiment.Case, finding)}: expected {finding.Expected}, got {finding.Got}");
    }

    private static string Subject(TestCase test, Finding finding) => finding switch
    {
        { Input: { } input } => InputText.Of(test, input),
        { Facet: Facets.Status } => "load",
        _ => "all runs",
    };

    private static void WriteVerdicts(Experiment experiment, TextWriter output)
    {
        Table table = Terminal.Table("target", "verdict", "reason");
        foreach (TargetRun run in experiment.Runs)
        {
            table.AddRow(run.Target, run.Verdict.Kind.ToString().ToLowerInvariant(), Reason(run.Verdict));
        }

        Terminal.Over(output).Write(table);
    }

    private static string Reason(Verdict verdict) => verdict.Message.Length == 0
        ? string.Empty
        : $"{verdict.Reason}{(verdict.Pc is { } pc ? $" at {pc}" : string.Empty)}: {ReportText.FirstLine(verdict.Message)}";

    private static void WriteRuns(Experiment experiment, Finding[] findings, bool isWhole, TextWriter output)
    {
        bool hasContexts = Enumerable.Range(0, experiment.Case.Inputs.Length).Any(input => experiment.Case.ContextOf(input) is not null);
        Table table = Terminal.Table(
            ["run", "target", "status", "r0", "r6", "r7", "r8", "r9", "memory", .. hasContexts ? (string[])["context"] : [], "instructions", string.Empty]);
        ILookup<int?, Finding> byRun = findings.ToLookup(finding => finding.Input);
        for (int input = 0; input < experiment.Case.Inputs.Length; input++)
        {
            // A memory that is right is shown at the place where another is wrong.
            int? place = byRun[input].Min(finding => finding.Offset);
            foreach (TargetRun run in experiment.Runs)
            {
                if (run.Observations is not { Count: > 0 } seen) continue;
                Finding[] own = [.. byRun[input].Where(finding => finding.Target == run.Target)];
                string data = isWhole ? DataOf(experiment.Case, input, seen, Whole) : DataOf(experiment.Case, input, seen, bytes => Part(bytes, own.Max(finding => finding.Offset) ?? place));
                AddRun(table, experiment.Case, input, run.Target, seen, data, own.Length > 0, hasContexts);
            }
        }

        string places = !isWhole && findings.Any(finding => finding.Offset is not null) ? ", [n] first in byte n of memory" : string.Empty;
        output.WriteLine();
        Terminal.Over(output).Write(table);
        output.WriteLine($"– not shown by the target, or not comparable: never written, or made from an address, time or chance; ≠ differs{places}");
    }

    private static void AddRun(Table table, TestCase test, int input, string target, ObservationBatch seen, string data, bool differs, bool hasContexts)
    {
        Outcome outcome = seen.Materialize(input);
        table.AddRow(
        [
            test.IsSequence ? InputText.Of(test, input) : $"{input + 1}",
            target,
            OutcomeText.End(outcome),
            outcome.R0 is not { } r0 ? "–" : test.Inputs[input].Step is not null ? StepResultText.Word(r0) : $"0x{r0 & outcome.R0Mask:x}",
            Register(6),
            Register(7),
            Register(8),
            Register(9),
            data,
            .. hasContexts ? (string[])[ContextText.Of(test, input, seen)] : [],
            outcome.Instructions is { } count ? $"{count}" : "–",
            differs ? "≠" : string.Empty,
        ]);

        string Register(int number) => outcome.Registers?.Values[number] is { } value ? $"0x{value:x}" : "–";
    }

    /// <summary>Of a packet's fate all, of other data what <paramref name="show"/> says.</summary>
    private static string DataOf(TestCase test, int input, ObservationBatch seen, Func<ReadOnlySpan<byte>, string> show)
    {
        if (seen[input].DataLength < 0) return "–";
        ReadOnlySpan<byte> data = seen.Data(input)[..seen[input].DataLength];
        if (test.Inputs[input].Step is NetworkStep { HasFate: true }) return FateText.Of(test, data);
        return show(data);
    }

    private static string Whole(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The first bytes, or those around an offset.</summary>
    private static string Part(ReadOnlySpan<byte> bytes, int? place) => place is { } offset ? Around(offset, bytes) : Start(bytes);

    private static string Start(ReadOnlySpan<byte> bytes) => bytes.Length <= BytesShown
        ? Convert.ToHexStringLower(bytes)
        : $"{Convert.ToHexStringLower(bytes[..BytesShown])}… ({bytes.Length} bytes)";

    /// <summary>The bytes before an offset, the offset (or where they end, when that is before it), and those from there on.</summary>
    private static string Around(int offset, ReadOnlySpan<byte> bytes)
    {
        int at = Math.Min(offset, bytes.Length);
        int first = Math.Max(0, at - BytesAround);
        int end = Math.Min(bytes.Length, at + BytesAround);
        string before = $"{(first > 0 ? "…" : string.Empty)}{Convert.ToHexStringLower(bytes[first..at])}";
        string after = $"{Convert.ToHexStringLower(bytes[at..end])}{(end < bytes.Length ? "…" : string.Empty)}";
        return $"{before} [{at}] {after}".Trim();
    }
}
