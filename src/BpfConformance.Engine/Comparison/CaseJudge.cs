using System.Collections.Immutable;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>Asks the oracles, and says of every target what became of the case.</summary>
/// <param name="oracles">Whom.</param>
public sealed class CaseJudge(OracleSet oracles)
{
    /// <summary>For vectors: what they state, then agreement with the reference in everything else.</summary>
    public static CaseJudge ForVectors { get; } =
        new(new OracleSet(new CrashOracle(), new ExpectationOracle(), new ContentionOracle(), new VerdictOracle(tellsStricter: true), new StateOracle()));

    /// <summary>The same for a single case, of which every run is shown.</summary>
    public static CaseJudge ForOneCase { get; } =
        new(new OracleSet(new CrashOracle(), new ExpectationOracle(), new ContentionOracle(), new VerdictOracle(tellsStricter: true), new StateOracle(tellsEveryRun: true)));

    /// <summary>For programs that state nothing: agreement with the reference.</summary>
    public static CaseJudge ForPrograms { get; } = new(new OracleSet(new CrashOracle(), new VerdictOracle(tellsStricter: true), new StateOracle()));

    /// <summary>One result for each run of the experiment, in its order.</summary>
    public ImmutableArray<CaseResult> Judge(Experiment experiment)
    {
        ILookup<string, Finding> findings = oracles.Judge(experiment)
            .DistinctBy(finding => (finding.Target, finding.Input, finding.Facet))
            .ToLookup(finding => finding.Target, StringComparer.Ordinal);
        return [.. experiment.Runs.Select(run => Judge(experiment.Case, run, [.. findings[run.Target]]))];
    }

    private static CaseResult Judge(TestCase test, TargetRun run, ImmutableArray<Finding> findings)
    {
        (CaseStatus status, string reason) = findings.IsEmpty
            ? StatusOf(test, run)
            : (CaseStatus.Failed, $"{Step(test, findings[0].Input)}expected {findings[0].Expected}, got {findings[0].Got}");
        return new CaseResult(test, run.Target, status, reason, findings)
        {
            RejectedFor = run.Verdict.Kind == VerdictKind.Rejected ? run.Verdict.Reason : null,
        };
    }

    private static (CaseStatus Status, string Reason) StatusOf(TestCase test, TargetRun run) => run.Verdict.Kind switch
    {
        VerdictKind.Unsupported => (CaseStatus.Unsupported, run.Verdict.Message),
        VerdictKind.Inconclusive or VerdictKind.Crashed => (CaseStatus.Inconclusive, run.Verdict.Message),
        VerdictKind.Rejected when test.Expectation is { Load: LoadExpectation.AcceptedOrRejected } =>
            (CaseStatus.LegalDivergence, FindingText.Verdict(run.Verdict)),
        VerdictKind.Rejected => (CaseStatus.Passed, Remark(test.Expectation, run.Verdict)),
        VerdictKind.Accepted => StatusOfRuns(test, run.Observations!),
    };

    private static string Remark(Expectation expectation, Verdict verdict) =>
        verdict.Reason == ReasonClass.Other && !expectation.Reasons.IsEmpty
            ? $"rejected for a reason that no rule classifies: {verdict.Message}"
            : string.Empty;

    private static (CaseStatus Status, string Reason) StatusOfRuns(TestCase test, ObservationBatch seen)
    {
        int[] open = [.. Enumerable.Range(0, seen.Count).Where(i => !ExpectationComparer.IsConclusive(test, i, seen))];
        bool hasDiverged = Enumerable.Range(0, seen.Count).Any(i => ExpectationComparer.HasDiverged(test, seen[i]));
        if (open.Length == 0 && hasDiverged) return (CaseStatus.LegalDivergence, "returned, where a machine may also fault");
        if (open.Length == 0 && seen.Count > 0) return (CaseStatus.Passed, seen.Remark);
        if (seen.Count == 0) return (CaseStatus.Inconclusive, "nothing was run");

        string reason = seen.Reason(open[0]);
        if (reason.Length == 0) reason = "not all that the case states was seen, or it holds an address, time or chance";
        return (CaseStatus.Inconclusive, seen.Count == 1 ? reason
            : test.IsSequence ? $"{Step(test, open[0])}{reason}"
            : $"{open.Length} of {seen.Count} runs: {reason}");
    }

    /// <summary>Where in a sequence something happened.</summary>
    private static string Step(TestCase test, int? input) => test.IsSequence && input is { } step ? $"{InputText.Of(test, step)}: " : string.Empty;
}
