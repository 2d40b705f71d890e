using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Mutants.Scoring;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>
/// Finds the mutant that a failing target behaves like: asks the target again on a few cases, and drops the mutants that
/// do otherwise; then asks what tells apart those that are left.
/// </summary>
/// <param name="target">The target that failed.</param>
/// <param name="limit">How long it may take.</param>
/// <param name="progress">Told how many cases were asked, and how many mutants are left.</param>
public sealed class TargetDiagnosis(IExecutionTarget target, TimeSpan limit, Action<int, int> progress)
{
    /// <summary>Portions of failing cases that are asked at most.</summary>
    private const int MostFailing = 32;

    /// <summary>Cases which the mutants that are left foretell alike, and the target is asked all the same.</summary>
    private const int Confirmations = 24;

    /// <summary>Where no instruction is in all failing cases: so many are suspected.</summary>
    private const int MostSuspects = 6;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<Sighting> _failing = [];
    private List<Candidate> _candidates = [];
    private int _asked;
    private int _confirmed;
    private int _runs;

    /// <param name="failed">Cases that the target failed.</param>
    /// <param name="others">All other cases.</param>
    /// <param name="cancellation">Ends it early.</param>
    public Likeness Find(IEnumerable<TestCase> failed, IEnumerable<TestCase> others, CancellationToken cancellation)
    {
        List<TestCase> failures = [.. failed];
        foreach (Sighting sighting in Failing(failures).TakeWhile(_ => !cancellation.IsCancellationRequested)) _failing.Add(sighting);
        if (_failing.Count == 0) return new Likeness(target.Name, null, 0, 0, 0, null) { IsCutShort = cancellation.IsCancellationRequested || IsHalfOver };

        ImmutableHashSet<InstructionDef> suspects = Suspects();
        IEnumerable<Mutant> mutants = MutantCatalogue.All.Where(mutant => mutant.IsKillable && suspects.Contains(mutant.Row));
        _candidates = [.. mutants.Select(mutant => new Candidate(mutant))];
        foreach (Sighting sighting in _failing.TakeWhile(_ => !IsOver(cancellation))) Count(sighting);

        List<Candidate> fitting = [.. _candidates.Where(candidate => candidate.Agreed == _runs)];
        if (fitting.Count == 0) return Closest();
        _candidates = fitting;
        foreach (Probe probe in Deciding(failures).Concat(Deciding(others)).TakeWhile(_ => !IsOver(cancellation) && !IsDecided)) Decide(probe);

        Candidate first = _candidates.MaxBy(candidate => candidate.Agreed)!; // the last are never dropped
        int alike = _candidates.Count(candidate => candidate.Agreed == first.Agreed);
        return new Likeness(
            target.Name, first.Mutant, alike - 1, first.Agreed, _runs, SmallestOperands.Of(first.Mutant, _failing));
    }

    private bool IsDecided => _candidates.Count == 1 && _confirmed >= Confirmations;

    private bool IsOver(CancellationToken cancellation) =>
        cancellation.IsCancellationRequested || Stopwatch.GetElapsedTime(_started) > limit;

    private bool IsHalfOver => Stopwatch.GetElapsedTime(_started) > limit / 2;

    /// <summary>The small ones first.</summary>
    private IEnumerable<Sighting> Failing(IEnumerable<TestCase> failed) => failed
        .OrderBy(test => test.Program.Instructions.Length)
        .SelectMany(ProbeSet.Of)
        .Select(Ask)
        .OfType<Sighting>()
        .Where(sighting => sighting.Wrong.Count > 0)
        .Take(MostFailing)
        .TakeWhile(_ => !IsHalfOver);

    private Sighting? Ask(Probe probe)
    {
        progress(++_asked, _candidates.Count);
        return Sighting.Take(target, probe);
    }

    /// <summary>Instructions that all failing cases execute; or else, those that most do.</summary>
    private ImmutableHashSet<InstructionDef> Suspects()
    {
        var counts = _failing
            .SelectMany(sighting => sighting.Probe.Rows)
            .CountBy(row => row)
            .OrderByDescending(row => row.Value).ThenBy(row => row.Key.Index)
            .ToList();
        bool isCommon = counts[0].Value == _failing.Count;
        return [.. (isCommon ? counts.Where(row => row.Value == _failing.Count) : counts.Take(MostSuspects)).Select(row => row.Key)];
    }

    private void Count(Sighting sighting)
    {
        _runs += sighting.Seen.Count;
        foreach (Candidate candidate in _candidates)
        {
            if (candidate.Foretell(sighting.Probe) is { } foretold) candidate.Agreed += sighting.Agreements(foretold);
        }

        progress(_asked, _candidates.Count(candidate => candidate.Agreed == _runs));
    }

    private Likeness Closest()
    {
        Candidate closest = _candidates.MaxBy(candidate => candidate.Agreed)!; // suspects have mutants
        return new Likeness(target.Name, closest.Mutant, 0, closest.Agreed, _runs, null);
    }

    /// <summary>What executes the suspected instructions, small programs first.</summary>
    private IEnumerable<Probe> Deciding(IEnumerable<TestCase> cases)
    {
        HashSet<InstructionDef> rows = [.. _candidates.Select(candidate => candidate.Mutant.Row)];
        HashSet<(string, int)> seen = [.. _failing.Select(sighting => sighting.Probe.Place)];
        return cases
            .Where(test => test.Expectation.Load != LoadExpectation.Rejected && Names(test, rows))
            .OrderBy(test => test.Program.Instructions.Length)
            .SelectMany(ProbeSet.Of)
            .Where(probe => !seen.Contains(probe.Place) && probe.Rows.Overlaps(rows));
    }

    private static bool Names(TestCase test, HashSet<InstructionDef> rows) =>
        test.Program.Instructions.Any(instruction => InstructionTable.Find(instruction) is { } row && rows.Contains(row));

    /// <summary>Asks the target where the mutants that are left differ, and a few times where they do not.</summary>
    private void Decide(Probe probe)
    {
        ObservationBatch?[] foretold = [.. _candidates.Select(candidate => candidate.Foretell(probe))];
        bool differ = foretold.Skip(1).Any(each => each is null || foretold[0] is null || !Sighting.AreAlike(foretold[0]!, each));
        if (!differ && _confirmed++ >= Confirmations) return;
        if (Ask(probe) is not { } sighting) return;

        _runs += sighting.Seen.Count;
        foreach ((Candidate candidate, ObservationBatch? runs) in _candidates.Zip(foretold))
        {
            if (runs is not null) candidate.Agreed += sighting.Agreements(runs);
        }

        List<Candidate> left = [.. _candidates.Where(candidate => candidate.Agreed == _runs)];
        if (left.Count > 0) _candidates = left;
    }

    /// <summary>A mutant that may be what the target is.</summary>
    private sealed class Candidate(Mutant mutant)
    {
        private readonly HandlerTable _handlers = mutant.CreateHandlers();

        public Mutant Mutant => mutant;

        /// <summary>Runs in which it did what the target did.</summary>
        public int Agreed { get; set; }

        /// <summary>What it does; <c>null</c>: it does not load the program.</summary>
        public ObservationBatch? Foretell(Probe probe)
        {
            using var machine = new MutantTarget(mutant.Name, _handlers) { InstructionBudget = probe.Budget };
            return new ExperimentRunner([machine]).Run(probe.Case).Runs[0].Observations;
        }
    }
}
