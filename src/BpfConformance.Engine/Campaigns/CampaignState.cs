using System.Collections.Immutable;

namespace BpfConformance.Engine.Campaigns;

/// <summary>A case with which a worker ended, in a range that is not done: it is not run again.</summary>
/// <param name="Range">The number of the range.</param>
/// <param name="Index">Of the case.</param>
/// <param name="Slug">Of the finding that it is, which is counted.</param>
public sealed record LostCase(long Range, long Index, string Slug);

/// <summary>How far a campaign has come, as it is kept.</summary>
/// <param name="DoneBelow">All ranges with lower numbers are done.</param>
/// <param name="DoneAbove">Others that are.</param>
/// <param name="Parts">Of ranges that are not done the index before which they are.</param>
/// <param name="Counts">Of all these together.</param>
/// <param name="Found">The first case of each kind of finding, by slug.</param>
/// <param name="Lost">Cases that are left out.</param>
/// <param name="Elapsed">How long it has run.</param>
public sealed record CampaignState(
    long DoneBelow, ImmutableSortedSet<long> DoneAbove, ImmutableSortedDictionary<long, long> Parts, CaseCounts Counts, ImmutableDictionary<string, FoundCase> Found, ImmutableArray<LostCase> Lost, TimeSpan Elapsed)
{
    public static CampaignState Start { get; } = new(0, [], ImmutableSortedDictionary<long, long>.Empty, new CaseCounts(), ImmutableDictionary<string, FoundCase>.Empty, [], TimeSpan.Zero);

    /// <summary>Whether a plan has all that this names.</summary>
    public bool IsOf(RangePlan plan) =>
        DoneBelow >= 0
        && DoneAbove.Concat(Parts.Keys).Concat(Lost.Select(lost => lost.Range)).Append(Math.Max(DoneBelow - 1, 0)).All(range => range >= 0 && plan[range] is not null)
        && Parts.All(part => part.Value >= plan[part.Key]!.First && part.Value <= plan[part.Key]!.First + plan[part.Key]!.Count);

    /// <summary>How many cases are behind it: those that were given to the targets, and those that were not, as one lacks an instruction of theirs.</summary>
    /// <param name="plan">The one that they are of.</param>
    public long Cases(RangePlan plan) =>
        CasesOf(plan, DoneBelow)
        + DoneAbove.Sum(range => (long)plan[range]!.Count) // it was handed out
        + Parts.Sum(part => part.Value - plan[part.Key]!.First)
        + Lost.Count(lost => !Parts.TryGetValue(lost.Range, out long next) || lost.Index >= next);

    /// <summary>How many cases a plan has at least that has all that were run.</summary>
    /// <param name="plan">The one that they are of.</param>
    public long Reached(RangePlan plan)
    {
        long done = DoneAbove.IsEmpty ? DoneBelow : DoneAbove.Max + 1;
        IEnumerable<(long Range, long Next)> open = [.. Parts.Select(part => (part.Key, part.Value)), .. Lost.Select(lost => (lost.Range, lost.Index + 1))];
        return open.Select(each => CasesBefore(each.Range) + each.Next - plan[each.Range]!.First) // it was handed out
            .Append(CasesOf(plan, done))
            .Max();
    }

    /// <summary>The same in a plan that was made longer: a last range that was done has more cases now.</summary>
    public CampaignState Continued(RangePlan before, RangePlan now)
    {
        if (before.Last is not { } last || now[last.Number] is not { } longer || longer.Count <= last.Count) return this;
        if (last.Number >= DoneBelow && !DoneAbove.Contains(last.Number)) return this;
        return this with { DoneBelow = Math.Min(DoneBelow, last.Number), DoneAbove = DoneAbove.Remove(last.Number), Parts = Parts.SetItem(last.Number, last.First + last.Count) };
    }

    /// <summary>Of so many ranges from the first on; only the last of a plan may have fewer than the others.</summary>
    private static long CasesOf(RangePlan plan, long ranges) => ranges == 0 ? 0 : CasesBefore(ranges - 1) + plan[ranges - 1]!.Count;

    private static long CasesBefore(long range) => range * RangePlan.CasesInRange;
}
