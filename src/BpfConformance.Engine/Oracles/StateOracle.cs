using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>Holds every other target against the first, the reference, in all that both saw of a run.</summary>
/// <param name="tellsEveryRun">Also of the many under one signature; else of these the first that differs is enough.</param>
public sealed class StateOracle(bool tellsEveryRun = false) : IOracle
{
    public const string OracleName = "state";

    public string Name => OracleName;

    public bool IsHeldAgainstFirst => true;

    public IEnumerable<Finding> Judge(Experiment experiment) => Agree(experiment) ? [] : JudgeInWords(experiment);

    /// <summary>Whether all took the program and every run went as on the reference: so it is nearly always, and saying so must cost little.</summary>
    private static bool Agree(Experiment experiment)
    {
        if (experiment.Case.Contention is not null || experiment.Runs is not [{ Observations: { } expected }, ..]) return false;
        for (int target = 1; target < experiment.Runs.Length; target++)
        {
            if (experiment.Runs[target].Observations is not { } seen) return false;
            for (int input = 0; input < seen.Count; input++)
            {
                if (!expected.Agrees(input, seen, Mask.Everything)) return false;
            }
        }

        return true;
    }

    private IEnumerable<Finding> JudgeInWords(Experiment experiment)
    {
        // What two threads leave differs from run to run.
        if (experiment.Case.Contention is not null) return [];
        if (experiment.Runs is not [{ Observations: { } expected, Target: { } reference }, ..]) return [];

        return experiment.Runs.Skip(1).SelectMany(run => run.Observations is { } seen
            ? JudgeRuns(experiment.Case, reference, expected, run, seen)
            : []);
    }

    private IEnumerable<Finding> JudgeRuns(
        TestCase test, string reference, ObservationBatch left, TargetRun run, ObservationBatch right)
    {
        IEnumerable<Finding> findings = Enumerable.Range(0, Math.Min(left.Count, right.Count))
            .Where(input => !IsOpen(test, left[input], run.Tracks) && !ExpectationComparer.HasDiverged(test, right[input]))
            .SelectMany(input => RunDifference.Between(test, left, right, input, Mask.Everything)
                .Select(each => (each.Difference with { Expected = $"{each.Difference.Expected} (as {reference})" }).ToFinding(Name, run.Target, each.Facet, input, each.Pc)));
        return tellsEveryRun || test.Signature is null ? findings : findings.Take(1);
    }

    /// <summary>
    /// Whether what came of a run of the reference binds no other machine: the case says so, or says nothing and the run did what only machines that track values can forbid, so that
    /// the others go on with whatever they find.
    /// </summary>
    /// <param name="test">The case.</param>
    /// <param name="run">That run.</param>
    /// <param name="otherTracks">Whether the other machine is such a one, too.</param>
    private static bool IsOpen(TestCase test, in Observation run, bool otherTracks) =>
        ExpectationComparer.HasDiverged(test, run) || (test.Expectation.Run == RunExpectation.Unstated && !otherTracks && run.Fault.NeedsTracking());
}
