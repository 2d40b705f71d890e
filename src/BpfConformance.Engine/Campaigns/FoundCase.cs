using System.Collections.Immutable;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;

namespace BpfConformance.Engine.Campaigns;

/// <summary>A case that shows a finding, as it is kept.</summary>
/// <param name="Signature">The kind of finding.</param>
/// <param name="Case">What to generate to have it again.</param>
/// <param name="Text">What is wrong, for a person.</param>
/// <param name="Program">Its slots in hexadecimal; empty: it was not made, or is too long.</param>
public sealed record FoundCase(FindingSignature Signature, CaseId Case, string Text, string Program)
{
    /// <summary>Longer programs are kept as <see cref="Case"/> alone.</summary>
    public const int MaxProgramBytes = 1 << 15;

    /// <summary>Further files of its folder: name and content.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
