using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Engine.Generation;

namespace BpfConformance.Engine.Campaigns;

/// <summary>Hands out the ranges of a plan that are not done, and gathers what comes of them. For any number of threads.</summary>
public sealed class CampaignProgress
{
    private readonly Lock _lock = new();
    private readonly RangePlan _plan;
    private readonly SortedSet<long> _doneAbove;
    private readonly SortedDictionary<long, long> _parts;
    private readonly CaseCounts _counts = new();
    private readonly Dictionary<string, FoundCase> _found;
    private readonly List<LostCase> _lost;
    private readonly TimeSpan _before;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _doneBelow;
    private long _next;

    /// <param name="plan">All ranges.</param>
    /// <param name="state">Where it ended before.</param>
    public CampaignProgress(RangePlan plan, CampaignState state)
    {
        _plan = plan;
        _doneBelow = _next = state.DoneBelow;
        _doneAbove = [.. state.DoneAbove];
        _parts = new SortedDictionary<long, long>(state.Parts);
        _counts.Add(state.Counts);
        _found = new Dictionary<string, FoundCase>(state.Found);
        _lost = [.. state.Lost];
        _before = state.Elapsed;
    }

    public CampaignState State
    {
        get
        {
            lock (_lock)
            {
                var counts = new CaseCounts();
                counts.Add(_counts);
                return new CampaignState(_doneBelow, [.. _doneAbove], _parts.ToImmutableSortedDictionary(), counts, _found.ToImmutableDictionary(), [.. _lost], Elapsed);
            }
        }
    }

    public TimeSpan Elapsed => _before + Stopwatch.GetElapsedTime(_started);

    public bool IsDone(long number)
    {
        lock (_lock) return number < _doneBelow || _doneAbove.Contains(number);
    }

    /// <summary>The range in which a journal says that a case was in hand; <c>null</c>: the plan has no such case, or the range is done.</summary>
    public CaseRange? OpenRangeOf(JournalEntry entry)
    {
        long number = entry.Range.Number;
        if (number < 0) return CaseRange.OfAgain(0, entry.Case);
        return !IsDone(number) && _plan[number] is { } range && range.Profile == entry.Range.Profile && range.Has(entry.Case.Index) ? range : null;
    }

    /// <summary>The next range that nobody has; <c>null</c>: there is none.</summary>
    public CaseRange? Take()
    {
        lock (_lock)
        {
            _next = Math.Max(_next, _doneBelow);
            while (_doneAbove.Contains(_next)) _next++;
            CaseRange? range = _plan[_next];
            if (range is not null) _next++;
            return range is null ? null : LeftOf(range);
        }
    }

    /// <summary>What of a range is not done, without the cases that are left out.</summary>
    public CaseRange LeftOf(CaseRange range)
    {
        lock (_lock)
        {
            CaseRange left = _parts.TryGetValue(range.Number, out long next) && next > range.First ? range.From(next) : range;
            return left with { Skipped = [.. _lost.Where(lost => lost.Range == range.Number).Select(lost => lost.Index)] };
        }
    }

    /// <summary>Somebody has ended with a case: it is counted, unless it was before, and left out.</summary>
    public void Lose(CaseRange range, FoundCase found)
    {
        lock (_lock)
        {
            SetNotFiled(found.Case, $"when it was to be filed, {found.Summary}");
            _found.TryAdd(found.Signature.Slug, found);
            _counts.AddFinding(found.Signature.Slug);
            if (range.Again is not null) return;
            _counts.Programs++;
            _lost.Add(new LostCase(range.Number, found.Case.Index, found.Signature.Slug));
        }
    }

    /// <param name="number">Of a range.</param>
    /// <param name="next">The index before which it is done.</param>
    /// <param name="counts">What came of it since it was told last.</param>
    public void Part(long number, long next, CaseCounts counts)
    {
        lock (_lock)
        {
            _parts[number] = next;
            _counts.Add(counts);
        }
    }

    /// <param name="number">Of a range.</param>
    /// <param name="counts">What came of it since it was told last.</param>
    public void Done(long number, CaseCounts counts)
    {
        lock (_lock)
        {
            if (IsDone(number)) return;
            _parts.Remove(number);
            _doneAbove.Add(number);
            while (_doneAbove.Remove(_doneBelow)) _doneBelow++;
            _counts.Add(counts);
            _lost.RemoveAll(lost => lost.Range == number);
        }
    }

    /// <summary>What a case has shown, and was not filed, will not be.</summary>
    /// <param name="id">The case.</param>
    /// <param name="why">As of <see cref="FoundCase.WhyNotFiled"/>.</param>
    public void NotFiled(CaseId id, string why)
    {
        lock (_lock) SetNotFiled(id, why);
    }

    private void SetNotFiled(CaseId id, string why)
    {
        foreach (FoundCase left in _found.Values.Where(found => found.Case == id && found.State == FilingState.Left).ToArray()) _found[left.Signature.Slug] = left with { WhyNotFiled = why };
    }

    /// <summary>The first of its kind is kept, until there is one of which more is kept.</summary>
    public void Found(FoundCase found)
    {
        string slug = found.Signature.Slug;
        lock (_lock)
        {
            if (!_found.TryGetValue(slug, out FoundCase? before) || before.State < found.State) _found[slug] = found;
        }
    }
}
