using System.Collections.Immutable;

namespace BpfConformance.Reporting.Bench;

/// <summary>The tables of what was measured.</summary>
internal static class BenchTables
{
    private const string None = "–";

    /// <summary>All that hold something.</summary>
    public static IEnumerable<FigureTable> Of(BenchReport report)
    {
        if (report.Runs.Any(run => !run.UsesMaps)) yield return Runs(WithRuns(report, usesMaps: false));
        if (report.Runs.Any(run => run.UsesMaps)) yield return RunsWithMaps(WithRuns(report, usesMaps: true));
        if (!report.Loads.IsEmpty)
        {
            yield return Loads(report, "Load and unload, ns per instruction, by instructions of the program", load => Time(load.NsPerSlot));
            yield return Loads(report, "Load, run once and unload, programs a second", load => load.ProgramsPerSecond is { } rate ? Rate(rate) : null);
        }

        if (!report.Pipelines.IsEmpty) yield return Pipelines(report);
    }

    /// <summary>The geometric mean; <c>null</c>: of nothing.</summary>
    public static double? Mean(IEnumerable<double> values) =>
        values.ToArray() is { Length: > 0 } some ? Math.Exp(some.Average(Math.Log)) : null;

    /// <summary>The mean ratio of a target to the first; <c>null</c>: there is none.</summary>
    public static double? MeanRatio(BenchReport report, string target) =>
        Mean(report.Runs.Where(run => run.Target == target).Select(run => run.Ratio).OfType<double>());

    /// <summary>How many times as long.</summary>
    public static string Ratio(double? ratio) => ratio switch
    {
        null => None,
        < 9.995 => $"{ratio:F2}",
        < 99.95 => $"{ratio:F1}",
        _ => $"{ratio:F0}",
    };

    /// <summary>A number a second.</summary>
    public static string Rate(double rate) => rate switch
    {
        >= 999_500 => $"{rate / 1e6:F2} M",
        >= 999.5 => $"{rate / 1e3:F1} k",
        _ => $"{rate:F0}",
    };

    /// <summary>Millions a second, without their unit.</summary>
    public static string Millions(double? rate) => rate is { } some ? $"{some / 1e6:F0}" : None;

    private static BenchReport WithRuns(BenchReport report, bool usesMaps) =>
        report with { Runs = [.. report.Runs.Where(run => run.UsesMaps == usesMaps)] };

    /// <summary>Of the targets that have maps: before them may stand one that never has any.</summary>
    private static FigureTable RunsWithMaps(BenchReport report)
    {
        FigureTable table = Runs(report with { Targets = [.. report.Targets.SkipWhile(target => report.Runs.All(run => run.Target != target))] });
        return table with { Title = table.Title.Replace("run", "run with maps", StringComparison.Ordinal) };
    }

    private static FigureTable Runs(BenchReport report)
    {
        string first = report.Targets[0];
        ImmutableArray<string> others = report.Targets[1..];
        return new FigureTable(
            $"Time of a run, {first} = 1",
            ["program", $"{first}, ns/run", .. others],
            [
                .. report.Programs.Select(program => Row(
                    program, report.Run(program, first) is { } run ? Time(run.NsPerRun) : None, other => Multiple(report.Run(program, other)))),
                Row("geo. mean", Ratio(MeanRatio(report, first)), other => Ratio(MeanRatio(report, other))),
                Row("M insn/s", MeanSpeed(first), MeanSpeed),
            ]);

        ImmutableArray<string> Row(string name, string ofFirst, Func<string, string> ofOther) => [name, ofFirst, .. others.Select(ofOther)];

        string MeanSpeed(string target) => Millions(Mean(report.Runs.Where(run => run.Target == target).Select(run => run.InstructionsPerSecond)));
    }

    /// <summary>A time where there is nothing to compare it with.</summary>
    private static string Multiple(RunSpeed? run) => run is { Ratio: null } ? $"{Time(run.NsPerRun)} ns" : Ratio(run?.Ratio);

    private static FigureTable Loads(BenchReport report, string title, Func<LoadSpeed, string?> cellOf)
    {
        ImmutableArray<LoadSpeed> loads = [.. report.Loads.Where(load => cellOf(load) is not null)];
        int[] lengths = [.. loads.Select(load => load.Slots).Distinct().Order()];
        return new FigureTable(
            title,
            ["target", .. lengths.Select(length => $"{length}")],
            [
                .. loads.GroupBy(load => load.Target).Select(ImmutableArray<string> (target) =>
                [
                    target.Key,
                    .. lengths.Select(length => target.FirstOrDefault(load => load.Slots == length) is { } load ? cellOf(load)! : None), // others were left out above
                ]),
            ]);
    }

    private static FigureTable Pipelines(BenchReport report) => new(
        "Generated cases on one thread: generate, run, compare",
        ["targets", "programs", "slots", "inputs", "cases/s", "inputs/s", "of a loop in C"],
        [
            .. report.Pipelines.Select(ImmutableArray<string> (speed) =>
            [
                speed.Targets, speed.Programs, $"{speed.MeanSlots:F0}", $"{speed.Inputs}", Rate(speed.CasesPerSecond), Rate(speed.CasesPerSecond * speed.Inputs),
                speed.PartOfLoop is { } part ? $"{part:P0}" : None,
            ]),
        ]);

    private static string Time(double nanoseconds) => nanoseconds < 99.95 ? $"{nanoseconds:F1}" : $"{nanoseconds:F0}";
}
