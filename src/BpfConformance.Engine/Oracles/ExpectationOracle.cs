using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>Holds every target against what the case itself states.</summary>
public sealed class ExpectationOracle : IOracle
{
    public string Name => "expectation";

    public IEnumerable<Finding> Judge(Experiment experiment) =>
        experiment.Runs.SelectMany(run => run.Verdict.Kind switch
        {
            VerdictKind.Accepted => JudgeAccepted(experiment.Case, run),
            VerdictKind.Rejected => JudgeRejected(experiment.Case.Expectation, run),
            VerdictKind.Unsupported or VerdictKind.Inconclusive or VerdictKind.Crashed => [],
        });

    private IEnumerable<Finding> JudgeAccepted(TestCase test, TargetRun run)
    {
        if (test.Expectation.Load == LoadExpectation.Rejected) return [LoadFinding(test.Expectation, run)];

        ObservationBatch seen = run.Observations!;
        IEnumerable<Finding> findings = Enumerable.Range(0, seen.Count).SelectMany(input => JudgeRun(test, run.Target, seen, input));
        return test.Signature is { } stated ? [.. findings, .. JudgeSignature(test, stated, run.Target, seen)] : findings;
    }

    /// <summary>Only where every run returned and was seen in full, the signature says something.</summary>
    private IEnumerable<Finding> JudgeSignature(TestCase test, ulong stated, string target, ObservationBatch seen)
    {
        bool isComplete = Enumerable.Range(0, seen.Count).All(input =>
            seen[input].Status == ExecutionStatus.Returned && ExpectationComparer.IsConclusive(test, input, seen));
        if (!isComplete || Signature.Of(seen) is var signature && signature == stated) yield break;
        yield return new Finding(
            Name,
            target,
            Facets.Signature,
            null,
            $"signature {stated:x16} of {seen.Count} runs ('bpfconf grid show {test.File}/{test.Member}' lists them; "
            + $"'bpfconf grid sign {test.File}' if the grid was changed on purpose)",
            $"signature {signature:x16}");
    }

    private IEnumerable<Finding> JudgeRejected(Expectation expectation, TargetRun run)
    {
        bool isRight = expectation.Load switch
        {
            // What faults or never ends may also be known before it runs.
            LoadExpectation.Accepted => FaultReasons.Foretell(expectation, run.Verdict.Reason),
            LoadExpectation.Rejected or LoadExpectation.AcceptedOrRejected =>
                run.Verdict.Reason == ReasonClass.Other || expectation.AllowsRejectionFor(run.Verdict.Reason),
        };
        return isRight ? [] : [LoadFinding(expectation, run)];
    }

    private Finding LoadFinding(Expectation expectation, TargetRun run) =>
        new(Name, run.Target, Facets.Status, null, FindingText.ExpectedLoad(expectation), FindingText.Verdict(run.Verdict), run.Verdict.Pc);

    private IEnumerable<Finding> JudgeRun(TestCase test, string target, ObservationBatch seen, int input)
    {
        Facets differences = ExpectationComparer.Differences(test, input, seen);
        foreach (Facets facet in Enum.GetValues<Facets>())
        {
            if (facet is Facets.None or Facets.All || !differences.HasFlag(facet)) continue;
            (string expected, string got, int? offset) = Describe(test, seen, input, facet);
            yield return new Finding(Name, target, facet, input, expected, got, seen[input].FaultPc < 0 ? null : seen[input].FaultPc)
            {
                Offset = offset,
            };
        }
    }

    private static (string Expected, string Got, int? Offset) Describe(TestCase test, ObservationBatch seen, int input, Facets facet)
    {
        Observation run = seen[input];
        CaseInput stated = test.Inputs[input];
        switch (facet)
        {
            case Facets.R0:
                return (FindingText.R0(stated.Result!.Value, run.R0Mask), FindingText.R0(run.R0, run.R0Mask), null);
            case Facets.Data:
                ReadOnlySpan<byte> expected = stated.DataAfter!.Value.Span;
                ReadOnlySpan<byte> got = seen.Data(input)[..run.DataLength];
                int offset = DataComparer.FirstDifference(expected, got, seen.DataMask(input))!.Value;
                return (FindingText.Data(test, input, expected, offset), FindingText.Data(test, input, got, offset), offset);
            case Facets.Maps:
                StatedMap wrong = stated.MapsAfter.First(map => ExpectationComparer.FirstDifference(test, map, input, seen) is not null);
                byte[] image = seen.Maps(input)[..run.MapsLength].ToArray();
                byte[] part = image[MapImage.PartOf(wrong.Map, test.Maps, image)];
                int place = ExpectationComparer.FirstDifference(test, wrong, input, seen)!.Value;
                return (FindingText.Map(test.Maps[wrong.Map], wrong.Part, place), FindingText.Map(test.Maps[wrong.Map], part, place), null);
            case Facets.Context:
                int first = ContextComparer.FirstDifference(stated, input, seen)!.Value;
                byte[] asStated = ContextComparer.Expected(stated, input, seen);
                ReadOnlySpan<byte> context = seen.Context(input)[..run.ContextLength];
                return (FindingText.Context(test, input, asStated, first), FindingText.Context(test, input, context, first), null);
            default:
                return (FindingText.ExpectedEnd(test, input), FindingText.End(seen, input), null);
        }
    }
}
