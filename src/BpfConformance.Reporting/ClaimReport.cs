using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Claims;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Reporting;

/// <summary>
/// What each target may say of itself after a run of the whole suite; <c>conformance/schemas/claim.schema.json</c>
/// describes it as JSON.
/// </summary>
public sealed record ClaimReport
{
    /// <summary>Changes when a reader of the older form would misunderstand the newer.</summary>
    public const string CurrentVersion = "1";

    [JsonPropertyName("$schema")]
    [JsonPropertyOrder(-2)]
    public string Schema { get; init; } = $"urn:bpfconformance:claim:{CurrentVersion}";

    [JsonPropertyOrder(-1)]
    public string Version { get; init; } = CurrentVersion;

    public required RunHeader Run { get; init; }

    public required SuiteReport Suite { get; init; }

    public required ImmutableArray<TargetClaims> Targets { get; init; }
}

/// <summary>The suite that was run.</summary>
/// <param name="Cases">How many there are.</param>
/// <param name="Sha256">Over the names and bytes of their files: <see cref="SuiteDigest"/>.</param>
public sealed record SuiteReport(int Cases, string Sha256);

/// <summary>The claims of one target.</summary>
/// <param name="Name">As in <c>--target</c>.</param>
/// <param name="Version">Of the machine.</param>
/// <param name="Claims">In the order of RFC 9669, then the groups that came after it.</param>
public sealed record TargetClaims(string Name, string Version, ImmutableArray<ClaimLine> Claims);

/// <summary>One claim.</summary>
/// <param name="Group">As in <c>conformance/isa.csv</c>.</param>
/// <param name="Cpu">Up to this version of the instruction set.</param>
/// <param name="IsPostRfc">Whether the group came after RFC 9669.</param>
/// <param name="Scaffolding">The groups that its vectors may use beside it.</param>
/// <param name="Status">What the run has shown.</param>
/// <param name="Counts">Over the cases about the group, up to the version, whose groups the target has. When it conforms, those that are
/// unsupported or inconclusive were left out.</param>
/// <param name="BeyondScaffolding">How many of these need still other groups.</param>
/// <param name="Reason">One sentence; empty when it conforms.</param>
public sealed record ClaimLine(
    string Group,
    CpuVersion Cpu,
    bool IsPostRfc,
    ImmutableArray<string> Scaffolding,
    ClaimStatus Status,
    Counts Counts,
    int BeyondScaffolding,
    string Reason);
