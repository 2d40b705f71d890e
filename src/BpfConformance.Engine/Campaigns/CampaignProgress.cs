using System.Collections.Immutable;
using System.Diagnostics;

namespace BpfConformance.Engine.Campaigns;

/// <summary>Hands out the ranges of a plan that are not done, and gathers what comes of them. For any number of threads.</summary>
public sealed class CampaignProgress
{
    private readonly Lock _lock = new();
    private readonly RangePlan _plan;
    private readonly SortedSet<long> _doneAbove;
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
                return new CampaignState(_doneBelow, [.. _doneAbove], counts, _found.ToImmutableDictionary(), [.. _lost], Elapsed);
            }
        }
    }

    public TimeSpan Elapsed => _before + Stopwatch.GetElapsedTime(_started);

    public bool IsDone(long number)
    {
        lock (_lock) return number < _doneBelow || _doneAbove.Contains(number);
    }

    /// <summary>The next range that nobody has; <c>null</c>: there is none.</summary>
    public CaseRange? Take()
    {
        lock (_lock)
        {
            while (_doneAbove.Contains(_next)) _next++;
            CaseRange? range = _plan[_next];
            if (range is not null) _next++;
            return range is null ? null : WithoutLost(range);
        }
    }

    /// <summary>The range without the cases that are left out.</summary>
    public CaseRange WithoutLost(CaseRange range)
    {
        lock (_lock) return range with { Skipped = [.. _lost.Where(lost => lost.Range == range.Number).Select(lost => lost.Index)] };
    }

    /// <summary>Somebody has ended with a case, and it is left out.</summary>
    public void Lose(CaseRange range, FoundCase found)
    {
        lock (_lock)
        {
            _found.TryAdd(found.Signature.Slug, found);
            _lost.Add(new LostCase(range.Number, found.Case.Index, found.Signature.Slug));
        }
    }

    public void Done(long number, CaseCounts counts)
    {
        lock (_lock)
        {
            _doneAbove.Add(number);
            while (_doneAbove.Remove(_doneBelow)) _doneBelow++;
            _counts.Add(counts);
            foreach (LostCase lost in _lost.Where(lost => lost.Range == number))
            {
                _counts.Programs++;
                _counts.AddFinding(lost.Slug);
            }

            _lost.RemoveAll(lost => lost.Range == number);
        }
    }

    public void Found(FoundCase found)
    {
        lock (_lock) _found.TryAdd(found.Signature.Slug, found);
    }
}
