using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Reporting;

/// <summary>
/// Everything that a run showed, as values: what every writer writes, and what later reports are made from.
/// <c>conformance/schemas/run-report.schema.json</c> describes it as JSON.
/// </summary>
public sealed record RunReport
{
    /// <summary>Changes when a reader of the older form would misunderstand the newer.</summary>
    public const string CurrentVersion = "1";

    [JsonPropertyName("$schema")]
    [JsonPropertyOrder(-2)]
    public string Schema { get; init; } = $"urn:bpfconformance:run-report:{CurrentVersion}";

    [JsonPropertyOrder(-1)]
    public string Version { get; init; } = CurrentVersion;

    public required RunHeader Run { get; init; }

    public required double DurationSeconds { get; init; }

    /// <summary>Cases that were selected; more than <see cref="Cases"/> when the run was interrupted.</summary>
    public required int Selected { get; init; }

    /// <summary>Cases that were asked of every target.</summary>
    public required int Cases { get; init; }

    /// <summary>Files that gave no case.</summary>
    public required ImmutableArray<FileNote> Errors { get; init; }

    /// <summary>What the authors of case files should know.</summary>
    public required ImmutableArray<FileNote> Warnings { get; init; }

    /// <summary>The reference, when it took part, first.</summary>
    public required ImmutableArray<TargetReport> Targets { get; init; }

    /// <summary>Targets that were wanted and could not be had.</summary>
    public required ImmutableArray<UnavailableTarget> Unavailable { get; init; }
}

/// <summary>What is known of a run before it starts.</summary>
/// <param name="Tool">Name of the program that ran.</param>
/// <param name="ToolVersion">Its version.</param>
/// <param name="Command">Its arguments as typed.</param>
/// <param name="Host">Operating system, architecture and runtime.</param>
/// <param name="Started">When.</param>
public sealed record RunHeader(
    string Tool, string ToolVersion, ImmutableArray<string> Command, string Host, DateTimeOffset Started);

/// <summary>Something about a file.</summary>
/// <param name="File">As the user can open it.</param>
/// <param name="Line">1-based; 0: the whole file.</param>
/// <param name="Message">One sentence.</param>
public sealed record FileNote(string File, int Line, string Message);

/// <summary>A target that could not be had.</summary>
/// <param name="Name">As in <c>--target</c>.</param>
/// <param name="Reason">Why.</param>
public sealed record UnavailableTarget(string Name, string Reason);

/// <summary>What a target did with all cases.</summary>
/// <param name="Name">As in <c>--target</c>.</param>
/// <param name="Version">Of the machine.</param>
/// <param name="Counts">Over all cases.</param>
/// <param name="Groups">The counts by conformance group; groups without a case are left out.</param>
/// <param name="Probes">What the target was asked to find out what it can do.</param>
/// <param name="Results">One for each case, in the order of the run.</param>
public sealed record TargetReport(
    string Name,
    string Version,
    Counts Counts,
    ImmutableArray<GroupReport> Groups,
    ImmutableArray<ProbeReport> Probes,
    ImmutableArray<ResultReport> Results);

/// <summary>The counts of what some cases are about; a case counts once.</summary>
/// <param name="Group">As in <c>conformance/isa.csv</c>, or something of Linux, such as <c>maps hash</c>.</param>
/// <param name="Counts">Of its cases.</param>
public sealed record GroupReport(string Group, Counts Counts);

/// <summary>One thing that a target was asked, and what it answered.</summary>
/// <param name="Name">What was probed.</param>
/// <param name="Available">Whether it is there.</param>
/// <param name="Detail">What brought it, or why it is missing.</param>
public sealed record ProbeReport(string Name, bool Available, string Detail);

/// <summary>What became of one case on one target.</summary>
/// <param name="Name">Path from the folder of its suite, and of a grid the member.</param>
/// <param name="File">As the user can open it.</param>
/// <param name="Line">1-based: of the first finding, or of what the file expects; 0: the whole file.</param>
/// <param name="Group">The group it is about.</param>
/// <param name="Groups">All groups it uses.</param>
/// <param name="Cpu">The CPU version it needs.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">One line for a person; empty when passed without a remark.</param>
/// <param name="RejectedFor">The class of the target's reason for rejecting; <c>null</c>: it did not reject.</param>
/// <param name="Findings">What must not be so.</param>
public sealed record ResultReport(
    string Name,
    string File,
    int Line,
    string Group,
    ImmutableArray<string> Groups,
    CpuVersion Cpu,
    CaseStatus Status,
    string Reason,
    ReasonClass? RejectedFor,
    ImmutableArray<FindingReport> Findings)
{
    /// <summary>How often it was asked again, as it may have failed for want of memory; left out: never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int AskedAgain { get; init; }
}

/// <summary>Something that must not be so.</summary>
/// <param name="Oracle">Who says it.</param>
/// <param name="Facet">In what.</param>
/// <param name="Input">Index of the run; <c>null</c>: the load.</param>
/// <param name="Line">1-based line in the case's file; 0: the whole file.</param>
/// <param name="Expected">For a person.</param>
/// <param name="Got">For a person.</param>
/// <param name="Pc">The slot it is about; <c>null</c>: not known.</param>
/// <param name="Listing">The program around it.</param>
public sealed record FindingReport(
    string Oracle,
    Facets Facet,
    int? Input,
    int Line,
    string Expected,
    string Got,
    int? Pc,
    ImmutableArray<ListingLine> Listing)
{
    /// <summary>In a few words, what is wrong; a reader of the JSON has <see cref="Facet"/> and <see cref="Input"/>.</summary>
    [JsonIgnore]
    public string What { get; init; } = string.Empty;

    /// <summary>The step that it is about, as the case's file has it; empty: it is about something else.</summary>
    [JsonIgnore]
    public string Step { get; init; } = string.Empty;
}

/// <summary>One instruction of a listing.</summary>
/// <param name="Pc">Its slot.</param>
/// <param name="Line">1-based line in the case's file; 0: not from lines.</param>
/// <param name="Text">In the kernel's syntax.</param>
/// <param name="IsMarked">Whether the finding is about it.</param>
public sealed record ListingLine(int Pc, int Line, string Text, bool IsMarked);
