using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;

namespace BpfConformance.Engine.Campaigns;

/// <summary>What became of the files of a finding; one takes the place of those before it.</summary>
public enum FilingState
{
    /// <summary>Nobody has come to it: the campaign ended before.</summary>
    Left,

    /// <summary>There are none that show it, and trying again would not change that.</summary>
    NotFiled,
    Filed,
}

/// <summary>A case that shows a finding, as it is kept.</summary>
/// <param name="Signature">The kind of finding.</param>
/// <param name="Case">What to generate to have it again.</param>
/// <param name="Text">What is wrong, for a person: the first line says it, and others may follow, such as the stack of an exception.</param>
/// <param name="Program">Its slots in hexadecimal; empty: it was not made, or is too long.</param>
public sealed record FoundCase(FindingSignature Signature, CaseId Case, string Text, string Program)
{
    /// <summary>Longer programs are kept as <see cref="Case"/> alone.</summary>
    public const int MaxProgramBytes = 1 << 15;

    /// <summary>The first line of the text.</summary>
    [JsonIgnore]
    public string Summary => Text.Split('\n')[0];

    /// <summary>Why there are no files that show it, in words, and perhaps where that came from in further lines; empty: there are, or nobody has tried.</summary>
    public string WhyNotFiled { get; init; } = string.Empty;

    [JsonIgnore]
    public FilingState State => WhyNotFiled.Length > 0 ? FilingState.NotFiled : Files.IsEmpty ? FilingState.Left : FilingState.Filed;

    /// <summary>Further files of its folder: name and content.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
