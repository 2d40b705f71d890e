using BpfConformance.Engine.Targets;
using BpfConformance.Mutants.Scoring;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>A bug that the target has: the mutants that explain the same wrong runs; at least one.</summary>
internal sealed class Suspicion(List<Candidate> candidates)
{
    public IReadOnlyList<Candidate> Candidates => candidates;

    public HashSet<WrongRun> Explained => candidates[0].Explained;

    /// <summary>Whether the mutants differ in some runs.</summary>
    public bool IsDecidedBy(Probe probe)
    {
        if (candidates.Count == 1) return false;
        ObservationBatch?[] foretold = [.. candidates.Select(candidate => candidate.Foretell(probe))];
        return foretold.Skip(1).Any(each => !Sighting.AreAlike(foretold[0], each));
    }

    /// <summary>Drops those that are refuted, and those that explain less than others. Returns whether any is left.</summary>
    public bool Narrow()
    {
        candidates.RemoveAll(each => each.IsRefuted);
        if (candidates.Count == 0) return false;
        int most = candidates.Max(each => each.Explained.Count);
        candidates.RemoveAll(each => each.Explained.Count < most);
        return true;
    }

    public Likeness ToLikeness()
    {
        Sighting[] sightings = [.. Explained.Select(each => each.Sighting).Distinct()];
        int programs = sightings.Select(sighting => sighting.Probe.Case.Name).Distinct(StringComparer.Ordinal).Count();
        return new Likeness(candidates[0].Mutant, candidates.Count - 1, programs, SmallestOperands.Of(candidates[0].Mutant, sightings));
    }
}
