using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BpfConformance.Reporting.Bench;
using BpfConformance.SeededBugs.Bugs;
using BpfConformance.SeededBugs.Defects;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary>How the hunts ended, for people.</summary>
/// <param name="Fuzzer">The fuzzer's, of all seeds.</param>
/// <param name="Bytes">The same of the baseline.</param>
/// <param name="Controls">The fuzzer's, on engines without a bug.</param>
/// <param name="Seeds">How many.</param>
/// <param name="Limits">Of each hunt.</param>
/// <param name="Machine">Where.</param>
/// <param name="Load">How many wanted its processors in the last minutes.</param>
internal sealed record HuntReport(
    ImmutableArray<HuntResult> Fuzzer, ImmutableArray<HuntResult> Bytes, ImmutableArray<HuntResult> Controls, int Seeds, HuntLimits Limits, BenchMachine Machine, string Load)
{
    private const string None = "–";

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        WriteHead(text);
        WriteSummary(text);
        WriteBugs(text);
        WriteOracles(text);
        return text.ToString();
    }

    private void WriteHead(StringBuilder text) => text.Append(CultureInfo.InvariantCulture, $"""
        # Seeded bugs

        How well the fuzzer finds bugs that machines once had. Each is a defect of one of our engines that is put on from outside; for each, a fuzzer begins with nothing and goes on
        until an oracle sees a difference from the reference that the engine without the defect does not show. {Seeds} seeds; a hunt is given up after {Limits.Time.TotalSeconds:0.#} s, or {Limits.Programs:N0} programs.
        The time is the processor's, and where the engine has a process of its own, what passes until that answers: of making programs, of running each with its inputs on the reference and on the engine, and of judging; what the hunts of a seed have in common is done once and
        charged to each. The baseline makes programs of bytes and of single fields of chance, and has the same oracles, reference and time.

        * Machine: {Machine.Cpu}, {Machine.Cores} processors, {Machine.System}, {Machine.Runtime}; load average at the end {Load}.
        * Again: `dotnet run -c Release --project tests/BpfConformance.SeededBugs -- measure reports/seeded-bugs.md {Seeds} {Limits.Time.TotalSeconds:0.#}`

        Not among them are the bugs of verifiers, which come with a verifier of our own, and V19 (CVE-2025-38502), for which a tail call must lead from one cgroup storage to another one's:
        no defect of a machine does that, only a prog array that takes programs which it should refuse.


        """);

    private void WriteSummary(StringBuilder text)
    {
        text.Append("| | fuzzer | baseline |\n|---|---:|---:|\n");
        Row("engines with a bug", results => results.Select(result => result.Engine).Distinct().Count());
        Row("found by every seed", results => results.GroupBy(result => result.Engine).Count(engine => engine.All(result => result.Catch is not null)));
        Row("found by some seed", results => results.GroupBy(result => result.Engine).Count(engine => engine.Any(result => result.Catch is not null)));
        Row("bugs found by every seed on every engine", results => results.GroupBy(result => DefectCatalogue.Named(result.Engine).Bug).Count(bug => bug.All(result => result.Catch is not null)));
        Row("median time to find, ms", results => Rank(results, 0.5, Milliseconds));
        Row("p90 time to find, ms", results => Rank(results, 0.9, Milliseconds));
        Row("median programs to find", results => Rank(results, 0.5, Programs));
        Row("p90 programs to find", results => Rank(results, 0.9, Programs));
        Row("programs/s of hunts that found nothing", Rate);
        text.Append("\nMedian and p90 are of all hunts; a hunt that found nothing counts as longer than any other, and – says that the rank falls on such a hunt.\n")
            .Append(CultureInfo.InvariantCulture, $"On engines without a bug the fuzzer found something in {Found(Controls)} hunts, over {Controls.Sum(Programs):N0} programs.\n\n");

        void Row(string name, Func<ImmutableArray<HuntResult>, object> of) =>
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {of(Fuzzer):N0} | {of(Bytes):N0} |\n");
    }

    private void WriteBugs(StringBuilder text)
    {
        text.Append("| bug | of | what was wrong | engine | found | programs, median | p90 | ms, median | p90 | seen by | baseline found | programs, median | ms, median |\n");
        text.Append("|---|---|---|---|---:|---:|---:|---:|---:|---|---:|---:|---:|\n");
        foreach (DefectiveEngine engine in DefectCatalogue.All)
        {
            var bug = SeededBug.Named(engine.Bug);
            ImmutableArray<HuntResult> own = Of(engine, Fuzzer);
            ImmutableArray<HuntResult> bytes = Of(engine, Bytes);
            if (own.IsEmpty) continue;
            text.Append(CultureInfo.InvariantCulture, $"| {bug.Id} | {bug.Project}, {bug.Source} | {bug.Text} | {engine.Engine} | {Found(own)} | {Rank(own, 0.5, Programs):N0} | {Rank(own, 0.9, Programs):N0} | ")
                .Append(CultureInfo.InvariantCulture, $"{Rank(own, 0.5, Milliseconds):N0} | {Rank(own, 0.9, Milliseconds):N0} | {Seers(own)} | {Found(bytes)} | {Rank(bytes, 0.5, Programs):N0} | {Rank(bytes, 0.5, Milliseconds):N0} |\n");
        }

        text.Append('\n');
    }

    private void WriteOracles(StringBuilder text)
    {
        text.Append("What has seen the bugs, in hunts of the fuzzer:\n\n| oracle | facet | generator | hunts |\n|---|---|---|---:|\n");
        foreach (IGrouping<HuntCatch, HuntResult> group in Fuzzer.Where(result => result.Catch is not null).GroupBy(result => result.Catch!).OrderByDescending(group => group.Count()))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {group.Key.Oracle} | {group.Key.Facet} | {group.Key.Generator} | {group.Count()} |\n");
        }
    }

    private static ImmutableArray<HuntResult> Of(DefectiveEngine engine, ImmutableArray<HuntResult> results) => [.. results.Where(result => result.Engine == engine.Name)];

    private static string Found(ImmutableArray<HuntResult> results) => $"{results.Count(result => result.Catch is not null)}/{results.Length}";

    private static string Seers(ImmutableArray<HuntResult> results) =>
        string.Join(", ", results.Where(result => result.Catch is not null).Select(result => result.Catch!.Oracle).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) is { Length: > 0 } seers ? seers : None;

    private static object Rate(ImmutableArray<HuntResult> results)
    {
        HuntResult[] vain = [.. results.Where(result => result.Catch is null)];
        return vain.Length == 0 ? None : vain.Sum(Programs) / vain.Sum(result => result.Time.TotalSeconds);
    }

    /// <summary>The least figure that so many of the hunts do not exceed.</summary>
    private static object Rank(ImmutableArray<HuntResult> results, double share, Func<HuntResult, double> figure)
    {
        double[] found = [.. results.Where(result => result.Catch is not null).Select(figure).Order()];
        int rank = (int)Math.Ceiling(share * results.Length) - 1;
        return rank < found.Length ? found[rank] : None;
    }

    private static double Programs(HuntResult result) => result.Programs;

    private static double Milliseconds(HuntResult result) => result.Time.TotalMilliseconds;
}
