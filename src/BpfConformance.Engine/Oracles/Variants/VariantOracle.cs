using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles.Variants;

/// <summary>
/// Holds what each target makes of the variants of a case against what it makes of the case as given. Runs are measured by those of the first target, the
/// reference, which knows what of them is a machine's own; where a target is wrong about the case as given, its variants say no more. Pure, as all oracles.
/// </summary>
public static class VariantOracle
{
    /// <summary>Before the name of the variant: the oracle that findings name.</summary>
    private const string Prefix = "variant ";

    /// <summary>The name of the variant with which this oracle has found something; <c>null</c>: another oracle has.</summary>
    /// <param name="oracle">As the finding names it.</param>
    public static string? VariantOf(string oracle) => oracle.StartsWith(Prefix, StringComparison.Ordinal) ? oracle[Prefix.Length..] : null;

    public static IEnumerable<Finding> Judge(VariantExperiment experiment)
    {
        Experiment given = experiment.Given;
        if (given.Case.Contention is not null || given.Runs.IsEmpty) return [];
        return
            from variant in experiment.Variants
            from target in Enumerable.Range(0, given.Runs.Length)
            from finding in Judge(given, given.Runs[target], variant.Variant, variant.Experiment.Runs[target])
            select finding with { Variant = variant.Variant.Case };
    }

    private static IEnumerable<Finding> Judge(Experiment given, TargetRun run, Variant variant, TargetRun other)
    {
        string oracle = Prefix + variant.Name;
        if (!variant.IsSelfTest && VerdictsDiffer(run.Verdict, other.Verdict))
        {
            string judge = other.Verdict.Kind == VerdictKind.Crashed ? CrashOracle.OracleName : oracle; // how it broke is what tells it from others, and whether it may be asked again
            return [new Finding(judge, run.Target, Facets.Status, null, $"{FindingText.Verdict(run.Verdict)} (as given)", FindingText.Verdict(other.Verdict), other.Verdict.Pc ?? run.Verdict.Pc) { Stack = other.Stack }];
        }

        if (run.Observations is not { } own || other.Observations is not { } seen) return [];
        return JudgeRuns(given.Case, given.Runs[0].Observations ?? own, own, seen, new Mask(variant.Same))
            .Select(found => (found.Difference with { Expected = $"{found.Difference.Expected} (as given)" }).ToFinding(oracle, run.Target, found.Facet, found.Input, found.Pc));
    }

    /// <summary>Whether a machine broke, or one was accepted and the other refused; but not because a verifier has given up: how much it takes on is its own.</summary>
    private static bool VerdictsDiffer(Verdict given, Verdict other) => (given.Kind, other.Kind) switch
    {
        (VerdictKind.Accepted, VerdictKind.Rejected) => !IsOfEffort(other.Reason),
        (VerdictKind.Rejected, VerdictKind.Accepted) => !IsOfEffort(given.Reason),
        (not VerdictKind.Crashed, VerdictKind.Crashed) => true,
        _ => false,
    };

    private static bool IsOfEffort(ReasonClass reason) => reason is ReasonClass.TooComplex or ReasonClass.TooLarge;

    private static IEnumerable<(int Input, Facets Facet, Difference Difference, int? Pc)> JudgeRuns(
        TestCase test, ObservationBatch measure, ObservationBatch own, ObservationBatch other, Mask mask)
    {
        for (int input = 0; input < Math.Min(measure.Count, other.Count); input++)
        {
            // What a program makes of what it never wrote may change with it.
            if (measure[input].Fault.NeedsTracking() || !measure.Agrees(input, own, mask)) continue;
            foreach (var found in RunDifference.Between(test, measure, other, input, mask)) yield return (input, found.Facet, found.Difference, found.Pc);
        }
    }
}
