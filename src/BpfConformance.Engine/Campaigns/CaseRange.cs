using System.Collections.Immutable;
using BpfConformance.Engine.Generation;

namespace BpfConformance.Engine.Campaigns;

/// <summary>Cases that are handed to a worker at once: some of a profile, one after the other.</summary>
/// <param name="Number">Its place in the campaign; of what has none, a negative one.</param>
/// <param name="Profile">Who writes them.</param>
/// <param name="First">Index of the first.</param>
/// <param name="Count">How many.</param>
public sealed record CaseRange(long Number, string Profile, long First, int Count)
{
    /// <summary>Indices of cases that are left out: a worker has ended with them before.</summary>
    public ImmutableSortedSet<long> Skipped { get; init; } = [];

    /// <summary>Whether each case is on the disk before it runs: the machine has gone down in the middle of this range before.</summary>
    public bool IsCareful { get; init; }

    /// <summary>The one case of a range of no plan: it was counted before, and is run again for what it shows; <c>null</c>: the range is of the plan.</summary>
    public CaseId? Again { get; init; }

    /// <summary>A case that is run again.</summary>
    /// <param name="place">Among those, from 0 on.</param>
    /// <param name="id">The case.</param>
    public static CaseRange OfAgain(int place, CaseId id) => new(-1 - place, id.Profile, id.Index, 1) { Again = id };

    /// <summary>What is left of it when the cases before one are done.</summary>
    /// <param name="index">Of that one, or behind the last.</param>
    public CaseRange From(long index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, First + Count);
        return this with { First = index, Count = (int)(First + Count - index) };
    }

    public bool Has(long index) => index >= First && index < First + Count;

    public CaseId Id(ulong seed, long index) => new(Profile, seed, index);
}
