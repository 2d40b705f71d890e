using BpfConformance.Engine.Targets;
using BpfConformance.Mutants.Scoring;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>A bug that the target has: the mutants that may be it, of which each sighting leaves fewer, and at least one.</summary>
internal sealed class Suspicion(List<Candidate> candidates)
{
    private readonly List<Sighting> _sightings = [];

    public List<Candidate> Candidates { get; private set; } = candidates;

    /// <summary>Those that explain most.</summary>
    public List<Candidate> Best
    {
        get
        {
            int most = Candidates.Max(each => each.Explained); // the last is never dropped
            return Candidates.FindAll(candidate => candidate.Explained == most);
        }
    }

    /// <summary>Failing programs in which it shows.</summary>
    public int Programs => _sightings.Count;

    /// <summary>Takes a failing program for this bug's if it can be; the wrong runs of <paramref name="open"/> that it explains.</summary>
    public IReadOnlyList<int> Explain(Sighting sighting, IReadOnlyList<int> open)
    {
        IReadOnlyList<int> runs = Narrow(sighting, open);
        if (runs.Count > 0) _sightings.Add(sighting);
        return runs;
    }

    /// <summary>Drops the mutants that this refutes, and those that explain nothing where others do.</summary>
    public IReadOnlyList<int> Narrow(Sighting sighting, IReadOnlyList<int> open)
    {
        List<(Candidate Candidate, IReadOnlyList<int> Runs)> left =
        [
            .. from candidate in Candidates
            let foretold = candidate.Foretell(sighting.Probe)
            where foretold is not null && !sighting.Refutes(foretold)
            select (candidate, sighting.Alike(foretold, open)),
        ];
        if (left.Exists(each => each.Runs.Count > 0)) left.RemoveAll(each => each.Runs.Count == 0);
        if (left.Count == 0) return [];

        foreach ((Candidate candidate, IReadOnlyList<int> runs) in left) candidate.Explained += runs.Count;
        Candidates = [.. left.Select(each => each.Candidate)];
        return left.MaxBy(each => each.Runs.Count).Runs;
    }

    /// <summary>Whether the best differ in some runs.</summary>
    public bool IsDecidedBy(Probe probe)
    {
        ObservationBatch?[] foretold = [.. Best.Select(candidate => candidate.Foretell(probe))];
        return foretold.Skip(1).Any(each => !Sighting.AreAlike(foretold[0], each));
    }

    public Likeness Likeness()
    {
        List<Candidate> best = Best;
        int others = best.Skip(1).Count(other => _sightings.All(sighting => Sighting.AreAlike(best[0].Foretell(sighting.Probe), other.Foretell(sighting.Probe))));
        return new Likeness(best[0].Mutant, others, Programs, SmallestOperands.Of(best[0].Mutant, _sightings));
    }
}
