using System.Collections.Immutable;

namespace BpfConformance.Cli.Campaigns;

/// <summary>What a campaign was started with, as its database keeps it: with the same it goes on.</summary>
/// <param name="Seed">What all its programs follow from.</param>
/// <param name="Profiles">Who writes them.</param>
/// <param name="Targets">Who gets them, the reference first.</param>
/// <param name="Arguments">Of its workers, without those that differ from one to the other.</param>
/// <param name="Count">How many programs; <c>null</c>: no end by number.</param>
/// <param name="Seconds">How long; <c>null</c>: no end by time.</param>
internal sealed record CampaignRecord(
    ulong Seed, ImmutableArray<string> Profiles, ImmutableArray<string> Targets, ImmutableArray<string> Arguments, long? Count, double? Seconds)
{
    /// <summary>What tells it from others, for a person.</summary>
    public string Text => $"seed {Seed}, profiles {string.Join(',', Profiles)}, targets {string.Join(',', Targets)}";

    /// <summary>Of the machine's start during which it last ran: another is the sign that the machine went down.</summary>
    public string Boot { get; init; } = string.Empty;

    /// <summary>Whether the kernel was found broken in it.</summary>
    public bool IsBroken { get; init; }
}
