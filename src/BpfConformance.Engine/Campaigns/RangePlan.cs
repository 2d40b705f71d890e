using System.Collections.Immutable;
using BpfConformance.Engine.Generation;

namespace BpfConformance.Engine.Campaigns;

/// <summary>Which cases a campaign has, range by range: the same for any number of workers, and after any interruption.</summary>
public sealed class RangePlan
{
    /// <summary>Enough that a message for each costs nothing, and few enough that a slow target ends one each second.</summary>
    public const int CasesInRange = 256;

    private readonly ImmutableArray<Profile> _profiles;
    private readonly ImmutableArray<(int Profile, int Before)> _schedule;
    private readonly long? _count;

    /// <param name="profiles">At least one.</param>
    /// <param name="count">Cases of the campaign; <c>null</c>: it does not end by itself.</param>
    public RangePlan(ImmutableArray<Profile> profiles, long? count)
    {
        (_profiles, _count) = (profiles, count);
        _schedule = Schedule(profiles);
    }

    /// <summary>The last range; <c>null</c>: there is none.</summary>
    public CaseRange? Last => _count is { } count ? this[(count - 1) / CasesInRange] : null;

    /// <summary>A range by its number, from 0 on; <c>null</c>: the campaign has not that many.</summary>
    public CaseRange? this[long number]
    {
        get
        {
            long left = _count is { } count ? count - (number * CasesInRange) : CasesInRange;
            if (left <= 0) return null;
            (int profile, int before) = _schedule[(int)(number % _schedule.Length)];
            long ordinal = (number / _schedule.Length * _profiles[profile].Weight) + before;
            return new CaseRange(number, _profiles[profile].Name, ordinal * CasesInRange, (int)Math.Min(left, CasesInRange));
        }
    }

    /// <summary>Each profile as often as it weighs, as evenly as can be; with how many of its ranges stand before.</summary>
    private static ImmutableArray<(int Profile, int Before)> Schedule(ImmutableArray<Profile> profiles)
    {
        int period = profiles.Sum(profile => profile.Weight);
        var given = new int[profiles.Length];
        var schedule = ImmutableArray.CreateBuilder<(int, int)>(period);
        for (int place = 1; place <= period; place++)
        {
            int next = Enumerable.Range(0, profiles.Length).MaxBy(i => (profiles[i].Weight * place) - (given[i] * period));
            schedule.Add((next, given[next]++));
        }

        return schedule.MoveToImmutable();
    }
}
