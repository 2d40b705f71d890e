using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Mutants.Scoring;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>
/// Finds the mutants that a failing target behaves like: asks the target again on some cases that it failed, of many kinds, until a
/// few mutants explain what goes wrong, and would not fail what the target passed; then on what tells mutants apart that explain
/// the same.
/// </summary>
/// <param name="target">The target that failed.</param>
/// <param name="limit">How long it may take; what is being asked then is still awaited.</param>
/// <param name="progress">Told how many programs were asked, and how many mutants are left.</param>
public sealed class TargetDiagnosis(IExecutionTarget target, TimeSpan limit, Action<int, int> progress)
{
    /// <summary>Failing cases that are enough.</summary>
    private const int MostFailing = 64;

    /// <summary>Passed programs that each mutant is held against.</summary>
    private const int MostPassed = 256;

    /// <summary>Programs which the mutants that are left foretell alike, and the target is asked all the same.</summary>
    private const int Confirmations = 24;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Suspects _suspects = new();
    private readonly List<Sighting> _sightings = [];
    private readonly HashSet<(string, int)> _asked = [];

    /// <param name="failed">Cases that the target failed.</param>
    /// <param name="passed">Cases that it passed.</param>
    /// <param name="cancellation">Ends it early.</param>
    public KnownBugs Find(IEnumerable<TestCase> failed, IEnumerable<TestCase> passed, CancellationToken cancellation)
    {
        List<TestCase> failures = [.. failed];
        List<TestCase> passes = [.. passed];
        bool isCutShort = !AskFailing(failures, cancellation);
        if (!_sightings.Exists(sighting => sighting.Wrong.Count > 0)) return new KnownBugs(target.Name, [], failures.Count, 0, 0) { IsCutShort = isCutShort };

        Decide(failures, passes, cancellation);
        List<Suspicion> bugs = _suspects.Explain();
        HashSet<WrongRun> explained = [.. bugs.SelectMany(bug => bug.Explained)];
        ILookup<string, Sighting> programs = _sightings.ToLookup(sighting => sighting.Probe.Case.Name, StringComparer.Ordinal);
        return new KnownBugs(
            target.Name,
            [.. bugs.Select(bug => bug.ToLikeness()).OrderByDescending(bug => bug.Programs)],
            failures.Count,
            programs.Count,
            programs.Count(program => program.All(sighting => sighting.Wrong.All(run => explained.Contains(new WrongRun(sighting, run))))));
    }

    /// <summary>In turn of each kind, by the instructions that are in them, the small ones first; of each as much as it takes to go wrong.</summary>
    /// <returns>Whether there was time for all.</returns>
    private bool AskFailing(IEnumerable<TestCase> failed, CancellationToken cancellation)
    {
        IEnumerable<TestCase> inTurn = failed
            .OrderBy(test => test.Program.Instructions.Length)
            .GroupBy(test => string.Join(' ', test.Program.Instructions.Select(instruction => instruction.Opcode).Distinct().Order()))
            .SelectMany(kind => kind.Index())
            .OrderBy(each => each.Index)
            .Select(each => each.Item);
        var pending = new Queue<IEnumerator<Probe>>(inTurn.Select(test => ProbeSet.Of(test).GetEnumerator()));
        int wrong = 0;
        while (wrong < MostFailing && pending.TryDequeue(out IEnumerator<Probe>? portions))
        {
            if (cancellation.IsCancellationRequested || Elapsed > limit / 2) return false;
            if (!portions.MoveNext() || Ask(portions.Current) is not { } sighting) continue;
            if (sighting.Wrong.Count > 0) wrong++;
            else pending.Enqueue(portions);
        }

        return true;
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    /// <returns><c>null</c>: it did not run the program.</returns>
    private Sighting? Ask(Probe probe)
    {
        _asked.Add(probe.Place);
        progress(_asked.Count, _suspects.Count);
        if (Sighting.Take(target, probe) is not { } sighting) return null;
        _sightings.Add(sighting);
        _suspects.Meet(sighting);
        return sighting;
    }

    /// <summary>Decides each bug that explains something, also those that come up meanwhile; each has its share of the time.</summary>
    private void Decide(List<TestCase> failures, List<TestCase> passes, CancellationToken cancellation)
    {
        List<TestCase> cases = [.. failures, .. passes];
        var decided = new HashSet<Mutant>();
        while (_suspects.Explain().FindAll(bug => !bug.Candidates.Any(candidate => decided.Contains(candidate.Mutant))) is [{ } bug, ..] open)
        {
            decided.UnionWith(bug.Candidates.Select(candidate => candidate.Mutant));
            TimeSpan end = Elapsed + ((limit - Elapsed) / open.Count);
            foreach (Candidate candidate in bug.Candidates) candidate.MeetPassed(Deciding(bug, passes).Take(MostPassed).TakeWhile(_ => !IsOver()));
            _suspects.DropRefuted();
            if (bug.Narrow()) Decide(bug, cases, IsOver);

            bool IsOver() => cancellation.IsCancellationRequested || Elapsed > end;
        }
    }

    /// <summary>Asks the target where the mutants that may be the bug differ, and a few times where they do not.</summary>
    private void Decide(Suspicion bug, IEnumerable<TestCase> cases, Func<bool> isOver)
    {
        int confirmed = 0;
        foreach (Probe probe in Deciding(bug, cases))
        {
            if (isOver() || (bug.Candidates.Count == 1 && confirmed >= Confirmations)) return;
            if (!bug.IsDecidedBy(probe) && confirmed++ >= Confirmations) continue;
            if (Ask(probe) is not null && !bug.Narrow()) return;
        }
    }

    /// <summary>What executes the suspected instructions: cases about them, and small programs, first.</summary>
    private IEnumerable<Probe> Deciding(Suspicion bug, IEnumerable<TestCase> cases)
    {
        HashSet<InstructionDef> rows = [.. bug.Candidates.Select(candidate => candidate.Mutant.Row)];
        return cases
            .Where(test => test.Program.Instructions.Any(instruction => InstructionTable.Find(instruction) is { } row && rows.Contains(row)))
            .OrderByDescending(test => rows.Any(row => Probe.IsAbout(test, row)))
            .ThenBy(test => test.Program.Instructions.Length)
            .SelectMany(ProbeSet.Of)
            .Where(probe => !_asked.Contains(probe.Place) && probe.Rows.Overlaps(rows));
    }
}
