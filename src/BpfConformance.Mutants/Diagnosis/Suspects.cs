using BpfConformance.Abi.Instructions;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>The mutants that nothing has refuted, of all instructions that were seen to run, and the few of them that explain what went wrong.</summary>
internal sealed class Suspects
{
    private static readonly ILookup<InstructionDef, Mutant> s_mutants =
        MutantCatalogue.All.Where(mutant => mutant.IsKillable).ToLookup(mutant => mutant.Row);

    private readonly Dictionary<InstructionDef, List<Candidate>> _byRow = [];
    private readonly HashSet<WrongRun> _wrong = [];

    public int Count => _byRow.Values.Sum(each => each.Count);

    /// <summary>Holds a sighting against all mutants of what it runs; those of other instructions would do what is right.</summary>
    public void Meet(Sighting sighting)
    {
        _wrong.UnionWith(sighting.Wrong.Select(run => new WrongRun(sighting, run)));
        foreach (InstructionDef row in sighting.Probe.Rows)
        {
            if (!_byRow.TryGetValue(row, out List<Candidate>? candidates))
            {
                candidates = [.. s_mutants[row].Select(mutant => new Candidate(mutant))];
                _byRow.Add(row, candidates);
            }

            candidates.ForEach(candidate => candidate.Meet(sighting));
        }

        DropRefuted();
    }

    /// <summary>Drops what was refuted elsewhere.</summary>
    public void DropRefuted()
    {
        foreach (List<Candidate> candidates in _byRow.Values) candidates.RemoveAll(candidate => candidate.IsRefuted);
    }

    /// <summary>The bug that explains most of the wrong runs, then the one that explains most of what is left, and so on.</summary>
    public List<Suspicion> Explain()
    {
        List<Candidate> candidates = [.. InstructionTable.Rows.Where(_byRow.ContainsKey).SelectMany(row => _byRow[row]).Where(candidate => candidate.Explained.Count > 0)];
        HashSet<WrongRun> open = [.. _wrong];
        var bugs = new List<Suspicion>();
        while (candidates.MaxBy(candidate => (candidate.Explained.Count(open.Contains), candidate.Explained.Count)) is { } best && best.Explained.Overlaps(open))
        {
            open.ExceptWith(best.Explained);
            bugs.Add(new Suspicion(candidates.FindAll(candidate => candidate.Explained.SetEquals(best.Explained))));
        }

        // What came later may explain all that an earlier one did.
        foreach (Suspicion bug in bugs.ToArray())
        {
            HashSet<WrongRun> byOthers = [.. bugs.Where(other => other != bug).SelectMany(other => other.Explained)];
            if (bug.Explained.IsSubsetOf(byOthers)) bugs.Remove(bug);
        }

        return bugs;
    }
}
