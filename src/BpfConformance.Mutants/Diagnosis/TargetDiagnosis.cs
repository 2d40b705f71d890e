using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Mutants.Scoring;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>
/// Finds the mutants that a failing target behaves like: asks the target again on some cases that it failed, of many kinds; what no
/// mutant found so far explains makes all that do suspects of one bug more. Then it is asked what tells these apart.
/// </summary>
/// <param name="target">The target that failed.</param>
/// <param name="limit">How long it may take.</param>
/// <param name="progress">Told how many cases were asked, and how many mutants are left.</param>
public sealed class TargetDiagnosis(IExecutionTarget target, TimeSpan limit, Action<int, int> progress)
{
    /// <summary>Portions of failing cases that are asked at most.</summary>
    private const int MostFailing = 64;

    /// <summary>Cases which the mutants that are left foretell alike, and the target is asked all the same.</summary>
    private const int Confirmations = 24;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<Suspicion> _suspicions = [];
    private readonly List<Sighting> _sightings = [];
    private readonly HashSet<(string, int)> _seen = [];
    private int _asked;

    /// <param name="failed">Cases that the target failed.</param>
    /// <param name="others">All other cases.</param>
    /// <param name="cancellation">Ends it early.</param>
    public KnownBugs Find(IEnumerable<TestCase> failed, IEnumerable<TestCase> others, CancellationToken cancellation)
    {
        List<TestCase> failures = [.. failed];
        foreach (Sighting sighting in Failing(failures).TakeWhile(_ => !cancellation.IsCancellationRequested)) Explain(sighting);
        if (_sightings.Count == 0) return new KnownBugs(target.Name, [], 0, 0) { IsCutShort = cancellation.IsCancellationRequested || IsPast(0) };

        List<TestCase> all = [.. failures, .. others];
        for (int n = 0; n < _suspicions.Count; n++) Decide(_suspicions[n], all, () => cancellation.IsCancellationRequested || IsPast((n + 1d) / _suspicions.Count));
        List<Candidate> named = [.. _suspicions.Select(each => each.Best[0])];
        int explained = _sightings.Count(sighting => sighting.IsExplainedBy(named.ConvertAll(candidate => candidate.Foretell(sighting.Probe))));
        return new KnownBugs(target.Name, [.. _suspicions.OrderByDescending(each => each.Programs).Select(each => each.Likeness())], _sightings.Count, explained);
    }

    /// <summary>Whether the time for failing cases, half of it, is over, and of the rest, so much.</summary>
    private bool IsPast(double part) => Stopwatch.GetElapsedTime(_started) > limit * ((1 + part) / 2);

    /// <summary>In turn of each kind, by the instructions that are in them; the small ones first.</summary>
    private IEnumerable<Sighting> Failing(IEnumerable<TestCase> failed) => failed
        .OrderBy(test => test.Program.Instructions.Length)
        .GroupBy(test => string.Join(' ', test.Program.Instructions.Select(instruction => instruction.Opcode).Distinct().Order()))
        .SelectMany(kind => kind.Index())
        .OrderBy(each => each.Index)
        .SelectMany(each => ProbeSet.Of(each.Item))
        .Select(Ask)
        .OfType<Sighting>()
        .Where(sighting => sighting.Wrong.Count > 0)
        .Take(MostFailing)
        .TakeWhile(_ => !IsPast(0));

    private Sighting? Ask(Probe probe)
    {
        _seen.Add(probe.Place);
        progress(++_asked, _suspicions.Sum(each => each.Candidates.Count));
        return Sighting.Take(target, probe);
    }

    /// <summary>Takes the wrong runs of a failing program for those bugs that it can, and for others of what is left.</summary>
    private void Explain(Sighting sighting)
    {
        _sightings.Add(sighting);
        List<int> open = [.. sighting.Wrong];
        foreach (Suspicion suspicion in _suspicions) open.RemoveAll(suspicion.Explain(sighting, open).Contains);
        while (open.Count > 0)
        {
            var suspicion = new Suspicion([.. Suspects(sighting.Probe)]);
            IReadOnlyList<int> runs = suspicion.Explain(sighting, open);
            if (runs.Count == 0) return;
            _suspicions.Add(suspicion);
            open.RemoveAll(runs.Contains);
        }
    }

    /// <summary>Mutants of what the runs execute.</summary>
    private static IEnumerable<Candidate> Suspects(Probe probe) =>
        MutantCatalogue.All.Where(mutant => mutant.IsKillable && probe.Rows.Contains(mutant.Row)).Select(mutant => new Candidate(mutant));

    /// <summary>Asks the target where the mutants that are left differ, and a few times where they do not.</summary>
    private void Decide(Suspicion suspicion, IEnumerable<TestCase> cases, Func<bool> isOver)
    {
        int confirmed = 0;
        foreach (Probe probe in Deciding(suspicion, cases))
        {
            if (isOver() || (suspicion.Best.Count == 1 && confirmed >= Confirmations)) return;
            if (!suspicion.IsDecidedBy(probe) && confirmed++ >= Confirmations) continue;
            if (Ask(probe) is not { } sighting) continue;
            _sightings.Add(sighting);
            suspicion.Narrow(sighting, sighting.Wrong);
        }
    }

    /// <summary>What executes the suspected instructions, small programs first.</summary>
    private IEnumerable<Probe> Deciding(Suspicion suspicion, IEnumerable<TestCase> cases)
    {
        HashSet<InstructionDef> rows = [.. suspicion.Candidates.Select(candidate => candidate.Mutant.Row)];
        return cases
            .Where(test => test.Expectation.Load != LoadExpectation.Rejected && Names(test, rows))
            .OrderBy(test => test.Program.Instructions.Length)
            .SelectMany(ProbeSet.Of)
            .Where(probe => !_seen.Contains(probe.Place) && probe.Rows.Overlaps(rows));
    }

    private static bool Names(TestCase test, HashSet<InstructionDef> rows) =>
        test.Program.Instructions.Any(instruction => InstructionTable.Find(instruction) is { } row && rows.Contains(row));
}
