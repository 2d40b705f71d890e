using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Coverage;

namespace BpfConformance.Cli.Campaigns;

/// <summary>How fast a campaign is: over the last seconds, or as a whole.</summary>
/// <param name="Programs">A second.</param>
/// <param name="Inputs">A second, by target.</param>
internal sealed record CampaignRates(double Programs, ImmutableDictionary<string, double> Inputs)
{
    public static CampaignRates Between(CampaignState earlier, CampaignState later)
    {
        double seconds = Math.Max(0.001, (later.Elapsed - earlier.Elapsed).TotalSeconds);
        return new CampaignRates(
            (later.Counts.Programs - earlier.Counts.Programs) / seconds,
            later.Counts.Targets.ToImmutableDictionary(target => target.Key, target => (target.Value.Inputs - InputsOf(earlier, target.Key)) / seconds));
    }

    private static long InputsOf(CampaignState state, string target) => state.Counts.Targets.TryGetValue(target, out TargetCounts? counts) ? counts.Inputs : 0;
}

/// <summary>The state of a campaign in lines, for people.</summary>
/// <param name="record">What it was started with.</param>
/// <param name="plan">Its cases.</param>
/// <param name="known">Kinds of findings that somebody has said may be.</param>
/// <param name="isEnding">Whether the campaign only files any more what it has found.</param>
internal sealed class StatusText(CampaignRecord record, RangePlan plan, ImmutableHashSet<string> known, Func<bool> isEnding)
{
    private const int FindingsShown = 8;
    private const int ReasonsShown = 2;

    /// <summary>How often a kind of finding was seen. Its first case is told before that is counted, and counted when it is filed.</summary>
    public static string Times(long count) => count == 0 ? "not counted yet" : $"{Number(count)} ×";

    /// <summary>All in one line.</summary>
    public string Line(CampaignState state, CampaignRates rates)
    {
        string?[] parts =
        [
            $"{Time(state.Elapsed)}, {Number(state.Counts.Programs)} programs, {Number(rates.Programs)}/s",
            .. TargetsOf(state).Where(target => target.Counts.AcceptanceRate is < 1).Select(target => $"{target.Name} accepts {Percent(target.Counts)}"),
            Rows(state),
            Findings(state),
            Left(state, rates),
        ];
        return string.Join("; ", parts.OfType<string>());
    }

    /// <summary>One thing a line.</summary>
    public IEnumerable<string> Lines(CampaignState state, CampaignRates rates) => Lines(state, rates, Left(state, rates), _ => null);

    /// <summary>The same of a campaign as a whole, which goes on no more.</summary>
    /// <param name="state">That of its end.</param>
    /// <param name="whyNotFiled">Of a finding; <c>null</c>: it is.</param>
    public IEnumerable<string> LastLines(CampaignState state, Func<FoundCase, string?> whyNotFiled)
    {
        foreach (string line in Lines(state, CampaignRates.Between(CampaignState.Start, state), left: null, whyNotFiled)) yield return line;
        int unfiled = state.Found.Values.Count(found => whyNotFiled(found) is not null);
        if (unfiled > 0) yield return $"{Plural(unfiled, "kind")} of findings not filed; 'bpfconf triage list' says of each why";
    }

    private IEnumerable<string> Lines(CampaignState state, CampaignRates rates, string? left, Func<FoundCase, string?> whyNotFiled)
    {
        CaseCounts counts = state.Counts;
        string?[] head =
        [
            $"{Time(state.Elapsed)}: {Number(counts.Programs)} programs",
            LeftOut(state),
            $"{Number(rates.Programs)}/s",
            counts.Programs == 0 ? null : $"{((double)counts.Slots / counts.Programs).ToString("F1", CultureInfo.InvariantCulture)} instructions on average",
            $"seed {record.Seed}",
            left,
        ];
        yield return string.Join(", ", head.OfType<string>());
        foreach (string line in TargetsOf(state).SelectMany(target => TargetLines(target.Name, target.Counts, rates))) yield return line;
        yield return $"coverage: {Rows(state)}, {counts.Covered.Count(place => !CoverageMap.IsOfShape(place))} of {CoverageMap.Possible} with classes of numbers, {counts.Covered.Count(CoverageMap.IsOfShape)} with kinds of pointers and scalars";
        yield return Findings(state);
        foreach ((string slug, FoundCase found) in state.Found.OrderBy(each => known.Contains(each.Key)).ThenBy(each => each.Key, StringComparer.Ordinal).Take(FindingsShown))
        {
            long count = counts.Findings.TryGetValue(slug, out long seen) ? seen : 0;
            yield return $"  {Times(count)}{(count == 0 ? ":" : string.Empty)} {slug}{(known.Contains(slug) ? " (known)" : string.Empty)}: {found.Summary}{(whyNotFiled(found) is { } why ? $"; not filed: {why}" : string.Empty)}";
        }

        if (state.Found.Count > FindingsShown) yield return $"  and {state.Found.Count - FindingsShown} more";
    }

    /// <summary>In the order in which they were asked for.</summary>
    private IEnumerable<(string Name, TargetCounts Counts)> TargetsOf(CampaignState state) =>
        record.Targets.Where(state.Counts.Targets.ContainsKey).Select(name => (name, state.Counts.Targets[name]));

    /// <summary>Of as many cases as were asked for, not all become programs that are run.</summary>
    private string? LeftOut(CampaignState state)
    {
        long count = state.Cases(plan) - state.Counts.Programs;
        return count == 0 ? null : $"{Number(count)} left out with instructions that a target lacks";
    }

    private static IEnumerable<string> TargetLines(string name, TargetCounts counts, CampaignRates rates)
    {
        (string Answer, long Count)[] others = [("unsupported", counts.Unsupported), ("inconclusive", counts.Inconclusive), ("crashed", counts.Crashed)];
        string rest = string.Concat(others.Where(other => other.Count > 0).Select(other => $", {Number(other.Count)} {other.Answer}"));
        yield return $"{name}: {Number(rates.Inputs[name])} inputs/s, accepts {Percent(counts)}{Compared(counts)}{rest}";
        foreach ((string reason, long count) in counts.Reasons.OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key, StringComparer.Ordinal).Take(ReasonsShown))
        {
            yield return $"  {Number(count)} × {reason}";
        }

        if (counts.Reasons.Count > ReasonsShown) yield return $"  and {counts.Reasons.Count - ReasonsShown} more reasons";
    }

    /// <summary>What a target answers to inputs counts only as far as something can be said of it.</summary>
    private static string Compared(TargetCounts counts) =>
        counts.Conclusive < counts.Inputs ? $", {Percent((double)counts.Conclusive / counts.Inputs)} of its runs compared" : string.Empty;

    private static string Rows(CampaignState state) => $"{CoverageMap.RowsOf(state.Counts.Covered)} of {CoverageMap.Rows} rows";

    private string Findings(CampaignState state)
    {
        int ofThem = state.Found.Keys.Count(known.Contains);
        return state.Found.Count == 0 ? "no findings" : $"{Plural(state.Found.Count, "kind")} of findings{(ofThem > 0 ? $", {ofThem} known" : string.Empty)}";
    }

    private string? Left(CampaignState state, CampaignRates rates)
    {
        if (isEnding()) return "ending, when what was found is filed (Ctrl-C: at once)";
        double? byTime = record.Seconds - state.Elapsed.TotalSeconds;
        double? byCount = rates.Programs > 0 ? (record.Count - state.Cases(plan)) / rates.Programs : null;
        return (byTime is null || byCount < byTime ? byCount : byTime) is { } seconds
            ? $"{Time(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue)))} left"
            : null;
    }

    private static string Percent(TargetCounts counts) =>
        counts.AcceptanceRate is { } rate ? Percent(rate) : "nothing yet";

    private static string Percent(double share) => (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    public static string Plural(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    public static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Time(TimeSpan time) => $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}";
}
