using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace BpfConformance.Reporting.Bench;

/// <summary>How fast targets are; <c>conformance/schemas/bench.schema.json</c> describes it as JSON.</summary>
public sealed record BenchReport
{
    /// <summary>Changes when a reader of the older form would misunderstand the newer.</summary>
    public const string CurrentVersion = "2";

    [JsonPropertyName("$schema")]
    [JsonPropertyOrder(-2)]
    public string Schema { get; init; } = $"urn:bpfconformance:bench:{CurrentVersion}";

    [JsonPropertyOrder(-1)]
    public string Version { get; init; } = CurrentVersion;

    public required BenchMachine Machine { get; init; }

    /// <summary>Whether all was measured that was asked for: nobody interrupted it.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>How long each target was measured in each round.</summary>
    public required int RoundMilliseconds { get; init; }

    /// <summary>All that were measured, in the order of the columns. Times are compared with those of the first.</summary>
    public required ImmutableArray<string> Targets { get; init; }

    /// <summary>What runs take.</summary>
    public required ImmutableArray<RunSpeed> Runs { get; init; }

    /// <summary>What loads take; empty: nobody asked.</summary>
    public required ImmutableArray<LoadSpeed> Loads { get; init; }

    /// <summary>What generated cases take; empty: nobody asked.</summary>
    public required ImmutableArray<PipelineSpeed> Pipelines { get; init; }

    /// <summary>What could not be measured.</summary>
    public required ImmutableArray<NotMeasured> NotMeasured { get; init; }

    /// <summary>The programs, in the order in which they were measured.</summary>
    [JsonIgnore]
    public IEnumerable<string> Programs => Runs.Select(run => run.Program).Distinct();

    /// <summary>What a target took for a program; <c>null</c>: it was not measured.</summary>
    public RunSpeed? Run(string program, string target) => Runs.FirstOrDefault(run => run.Program == program && run.Target == target);
}

/// <summary>Where it was measured.</summary>
/// <param name="Cpu">The processor's name for itself.</param>
/// <param name="Cores">How many of it there are for this process.</param>
/// <param name="System">Operating system and kernel.</param>
/// <param name="Runtime">.NET.</param>
/// <param name="Compiler">What compiled the native programs; <c>null</c>: there is none.</param>
public sealed record BenchMachine(string Cpu, int Cores, string System, string Runtime, string? Compiler);

/// <summary>One program on one target.</summary>
/// <param name="Program">File name without extension.</param>
/// <param name="Target">As in <c>--target</c>, and after a comma how it was run where there are several ways.</param>
/// <param name="NsPerRun">The least average of all rounds, in nanoseconds.</param>
/// <param name="InstructionsPerRun">As the reference counts them.</param>
/// <param name="Ratio">
/// Its time over that of the first target, and of a program with maps, which is not run natively, of the first that was measured;
/// <c>null</c>: that was not measured.
/// </param>
/// <param name="RestoresMemory">Whether memory got its first content back before each run.</param>
public sealed record RunSpeed(
    string Program, string Target, double NsPerRun, long InstructionsPerRun, double? Ratio, bool RestoresMemory)
{
    /// <summary>Whether the program has maps: then its time is that of helpers more than of instructions.</summary>
    public bool UsesMaps { get; init; }

    /// <summary>Of the BPF program, also where its C was run.</summary>
    public double InstructionsPerSecond => InstructionsPerRun / NsPerRun * 1e9;
}

/// <summary>Programs of one length on one target.</summary>
/// <param name="Target">As in <c>--target</c>, and after a comma how it was run where there are several ways.</param>
/// <param name="Slots">The length.</param>
/// <param name="NsPerLoad">Load and unload: the least average of all rounds, in nanoseconds.</param>
/// <param name="NsPerLoadAndRun">Load, run once and unload; <c>null</c>: not measured at this length.</param>
public sealed record LoadSpeed(string Target, int Slots, double NsPerLoad, double? NsPerLoadAndRun)
{
    public double NsPerSlot => NsPerLoad / Slots;

    /// <summary>Programs that are loaded, run and unloaded in a second, one after the other.</summary>
    public double? ProgramsPerSecond => 1e9 / NsPerLoadAndRun;
}

/// <summary>Something that could not be measured.</summary>
/// <param name="Program">What was to be run; <c>null</c>: anything.</param>
/// <param name="Target">On what; <c>null</c>: on any target, as they do not agree in the results.</param>
/// <param name="Reason">Why.</param>
public sealed record NotMeasured(string? Program, string? Target, string Reason);
