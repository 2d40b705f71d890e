using System.Collections.Immutable;
using BpfConformance.Reporting.Bench;

namespace BpfConformance.Tests.Reporting.Bench;

/// <summary>Figures of three programs on all targets that there may be, with gaps, and loads.</summary>
internal static class SampleBench
{
    private static readonly ImmutableArray<string> s_targets =
        ["native", "kernel", "x64", "x64, checked", "il", "il, checked", "reference", "reference, sanitised"];

    public static BenchReport Create() => new()
    {
        Machine = new BenchMachine("Some CPU | 3 GHz", 2, "Linux, Unix 6.18.1", ".NET 10.0.1", "gcc (Debian) 12.2.0"),
        IsComplete = true,
        RoundMilliseconds = 50,
        Targets = s_targets,
        Runs =
        [
            .. Program("atomics", 40_000, 24_000, restores: true, 24_000, 24_500, 24_400, 25_000, 24_800, 26_000, 36_000, 76_000),
            .. Program("calls", 90_000, 3_800, restores: false, 3_800, 31_000, 5_000, 8_000, 5_800, 8_800, 97_000, 118_000),
            .. Program("fnv1a", 32_771, 50, restores: false, null, 50, 60, 90.04, 70, 99.94, 50_000, 99_949),
        ],
        Loads =
        [
            new("kernel", 2, 19_500, null), new("kernel", 64, 90_000, null), new("kernel", 4096, 12_000_000, null),
            new("x64", 2, 250, 320), new("x64", 64, 1500, 2_100), new("x64", 512, 9_000, 9_900), new("x64", 65536, 1_300_000, null),
            new("reference", 2, 700, 753), new("reference", 64, 2_950, 3_000), new("reference", 512, 33_000, 1_100_000), new("reference", 65536, 4_800_000, null),
        ],
        Pipelines =
        [
            new("reference + x64", "valid", "arithmetic, memory, jumps", 38.4, 8, 9_500),
            new("reference + kernel", "valid", "arithmetic, memory, jumps", 38.4, 32, 190_000) { NsPerCaseOfLoop = 150_000 },
        ],
        NotMeasured =
        [
            new("fnv1a", "native", "there is no file of its name with C"),
            new("broken", null, "kernel: failed: wrong r0"),
        ],
    };

    private static IEnumerable<RunSpeed> Program(string name, long instructions, double first, bool restores, params double?[] times) =>
        s_targets.Zip(times)
            .Where(each => each.Second is not null)
            .Select(each => new RunSpeed(name, each.First, each.Second!.Value, instructions, times[0] is null ? null : each.Second / first, restores)); // it was asked
}
