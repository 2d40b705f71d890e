using System.Collections.Immutable;

namespace BpfConformance.Reporting.Bench;

/// <summary>A speed that the project wants.</summary>
/// <param name="Wanted">In words.</param>
/// <param name="Got">What was measured; empty: nothing.</param>
/// <param name="IsReached">Whether that is enough; <c>null</c>: nothing was measured.</param>
internal sealed record BenchGoal(string Wanted, string Got, bool? IsReached);

/// <summary>The project's goals, held against figures.</summary>
internal static class BenchGoals
{
    private const string X64 = "x64";
    private const string Il = "il";
    private const string Checked = ", checked";
    private const string Kernel = "kernel";
    private const string Reference = "reference";
    private const string Native = "native";

    public static ImmutableArray<BenchGoal> Of(BenchReport report) =>
    [
        EveryProgram(report, X64, Kernel, 1.05),
        EveryProgram(report, X64, Kernel, 2, usesMaps: true),
        EveryProgram(report, X64 + Checked, X64, 1.5),
        EveryProgram(report, Il + Checked, Il, 1.5),
        OneProgram(report, X64, Native, "calls", 1.4),
        Mean(report, Il, X64, 1.15),
        Loads(report, X64, 2, 3e6),
        Loads(report, X64, 64, 500e3),
        Loads(report, X64, 512, 50e3),
        Instructions(report, Reference, 265e6),
        Pipeline(report, $"{Reference} + {X64}", "at least 100.0 k generated programs/s and core, of 8 inputs", speed => speed.CasesPerSecond >= 100e3, speed => BenchTables.Rate(speed.CasesPerSecond)),
        Pipeline(report, $"{Reference} + {Kernel}", "at least 80 % of a loop in C of the same system calls", speed => speed.PartOfLoop >= 0.8, speed => $"{speed.PartOfLoop:P0}"),
    ];

    private static BenchGoal EveryProgram(BenchReport report, string target, string other, double most, bool usesMaps = false)
    {
        (string Program, double Ratio)[] all = [.. Ratios(report, target, other, usesMaps).OrderByDescending(each => each.Ratio)];
        return Goal(
            $"{target} ≤ {most} × {other} on every program{(usesMaps ? " with maps" : string.Empty)}", all.Length > 0 ? all[0].Ratio <= most : null,
            () => $"{BenchTables.Ratio(all[0].Ratio)} at worst, on {all[0].Program}; more on {all.Count(each => each.Ratio > most)} of {all.Length}");
    }

    private static BenchGoal OneProgram(BenchReport report, string target, string other, string program, double most)
    {
        double? ratio = Ratios(report, target, other).Where(each => each.Program == program).Select(each => (double?)each.Ratio).FirstOrDefault();
        return Goal($"{target} ≤ {most} × {other} on {program}", ratio is null ? null : ratio <= most, () => BenchTables.Ratio(ratio));
    }

    private static BenchGoal Mean(BenchReport report, string target, string other, double most)
    {
        double? mean = BenchTables.Mean(Ratios(report, target, other).Select(each => each.Ratio));
        return Goal($"{target} ≤ {most} × {other}, geometric mean", mean is null ? null : mean <= most, () => BenchTables.Ratio(mean));
    }

    private static BenchGoal Loads(BenchReport report, string target, int slots, double least)
    {
        double? rate = report.Loads.FirstOrDefault(load => load.Target == target && load.Slots == slots)?.ProgramsPerSecond;
        return Goal(
            $"{target}: at least {BenchTables.Rate(least)} programs/s of {slots} instructions, load, run and unload",
            rate is null ? null : rate >= least, () => BenchTables.Rate(rate!.Value)); // asked only when there is one
    }

    private static BenchGoal Instructions(BenchReport report, string target, double least)
    {
        double? mean = BenchTables.Mean(report.Runs.Where(run => run.Target == target && !run.UsesMaps).Select(run => run.InstructionsPerSecond));
        return Goal(
            $"{target}: at least {BenchTables.Millions(least)} M instructions/s, geometric mean",
            mean is null ? null : mean >= least, () => $"{BenchTables.Millions(mean)} M");
    }

    /// <summary>Of the first with these targets.</summary>
    private static BenchGoal Pipeline(BenchReport report, string targets, string wanted, Func<PipelineSpeed, bool> isReached, Func<PipelineSpeed, string> got)
    {
        PipelineSpeed? speed = report.Pipelines.FirstOrDefault(each => each.Targets == targets);
        return Goal($"{targets}: {wanted}", speed is null ? null : isReached(speed), () => got(speed!)); // asked only when there is one
    }

    private static BenchGoal Goal(string wanted, bool? isReached, Func<string> got) =>
        new(wanted, isReached is null ? string.Empty : got(), isReached);

    private static IEnumerable<(string Program, double Ratio)> Ratios(BenchReport report, string target, string other, bool usesMaps = false) =>
        from program in report.Programs
        let speed = report.Run(program, target)
        let compared = report.Run(program, other)
        where speed is not null && compared is not null && speed.UsesMaps == usesMaps
        select (program, speed.NsPerRun / compared.NsPerRun);
}
