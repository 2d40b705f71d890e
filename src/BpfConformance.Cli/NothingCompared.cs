using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Cli;

/// <summary>Why a case shows nothing of a target, where no oracle has found anything.</summary>
internal static class NothingCompared
{
    /// <summary>In words; <c>null</c>: something was compared.</summary>
    /// <param name="reference">The run of the reference.</param>
    /// <param name="target">That of the target.</param>
    public static string? WhyOf(TargetRun reference, TargetRun target)
    {
        foreach (TargetRun run in (TargetRun[])[reference, target])
        {
            if (run.Verdict.Kind is not (VerdictKind.Accepted or VerdictKind.Rejected)) return $"{run.Target}: {run.Verdict.Kind.ToString().ToLowerInvariant()}: {run.Verdict.Message}";
        }

        if (reference.Verdict.Kind != target.Verdict.Kind)
        {
            TargetRun refusing = reference.Verdict.Kind == VerdictKind.Rejected ? reference : target;
            return $"{refusing.Target} refuses the program, as it may: {refusing.Verdict.Text}";
        }

        return reference.Observations is { } expected && target.Observations is { } seen ? WhyOfRuns(reference.Target, expected, target, seen) : null;
    }

    private static string? WhyOfRuns(string reference, ObservationBatch expected, TargetRun target, ObservationBatch seen)
    {
        string? why = seen.Count == 0 ? "the case has no run" : null;
        for (int run = 0; run < seen.Count; run++)
        {
            if (expected[run].Fault.NeedsTracking() && !target.Tracks) why ??= $"{reference} {OutcomeText.End(expected.Materialize(run))}, which {target.Target} cannot see";
            else if (expected[run].Status == ExecutionStatus.Inconclusive) why ??= $"{reference} {OutcomeText.End(expected.Materialize(run))}";
            else if (seen[run].Status == ExecutionStatus.Inconclusive) why ??= $"{target.Target} {OutcomeText.End(seen.Materialize(run))}";
            else return null;
        }

        return why;
    }
}
