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
            VerdictKind.Rejected => JudgeRejected(experiment.Case, run),
            VerdictKind.Unsupported or VerdictKind.Inconclusive or VerdictKind.Crashed => [],
        });

    private IEnumerable<Finding> JudgeAccepted(TestCase test, TargetRun run)
    {
        if (test.Expectation.Load == LoadExpectation.Rejected) return [LoadFinding(test, run)];

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

    private IEnumerable<Finding> JudgeRejected(TestCase test, TargetRun run)
    {
        Expectation expectation = test.Expectation;
        bool isRight = expectation.Load switch
        {
            // What faults or never ends may also be known before it runs.
            LoadExpectation.Accepted => FaultReasons.Foretell(expectation, run.Verdict.Reason),
            LoadExpectation.Rejected or LoadExpectation.AcceptedOrRejected =>
                run.Verdict.Reason == ReasonClass.Other || expectation.AllowsRejectionFor(run.Verdict.Reason),
        };
        return isRight ? [] : [LoadFinding(test, run)];
    }

    private Finding LoadFinding(TestCase test, TargetRun run) =>
        new(Name, run.Target, Facets.Status, null, FindingText.ExpectedLoad(test.Expectation), FindingText.Verdict(run.Verdict) + Hint(test.Expectation, run.Verdict), run.Verdict.Pc)
        {
            Line = FindingText.LineOf(test, run.Verdict),
        };

    private static string Hint(Expectation expectation, Verdict verdict) =>
        verdict.Kind == VerdictKind.Accepted && expectation.Reasons.Any(FaultReasons.ShowInRuns)
            ? " (a machine without a verifier finds it out in a run: '-- faults' states that for all machines)"
            : string.Empty;

    private IEnumerable<Finding> JudgeRun(TestCase test, string target, ObservationBatch seen, int input)
    {
        Facets differences = StepDifference.Told(test, input, ExpectationComparer.Differences(test, input, seen));
        foreach (Facets facet in Enum.GetValues<Facets>())
        {
            if (facet is Facets.None or Facets.All || !differences.HasFlag(facet)) continue;
            yield return Describe(test, seen, input, facet).ToFinding(Name, target, facet, input, seen[input].FaultPc < 0 ? null : seen[input].FaultPc);
        }
    }

    private static Difference Describe(TestCase test, ObservationBatch seen, int input, Facets facet)
    {
        Observation run = seen[input];
        CaseInput stated = test.Inputs[input];
        switch (facet)
        {
            case Facets.R0 or Facets.Data when stated.Step is not null:
                return StepDifference.Of(test, input, seen);
            case Facets.R0:
                return new Difference(FindingText.R0(stated.Result!.Value, run.R0Mask), FindingText.R0(run.R0, run.R0Mask));
            case Facets.Data:
                ReadOnlySpan<byte> expected = stated.DataAfter!.Value.Span;
                ReadOnlySpan<byte> got = seen.Data(input)[..run.DataLength];
                int offset = DataComparer.FirstDifference(expected, got, seen.DataMask(input))!.Value;
                return new Difference(FindingText.Data(test, expected, offset), FindingText.Data(test, got, offset)) { Offset = offset, Line = stated.DataAfterLine };
            case Facets.Maps:
                return DescribeMap(test, seen, input);
            case Facets.Context:
                int first = ContextComparer.FirstDifference(stated, input, seen)!.Value;
                byte[] asStated = ContextComparer.Expected(stated, input, seen);
                ReadOnlySpan<byte> context = seen.Context(input)[..run.ContextLength];
                return new Difference(FindingText.Context(test, input, asStated, first), FindingText.Context(test, input, context, first))
                {
                    Line = stated.ContextAfter.Last(field => field.Offset <= first && first < field.Offset + field.Value.Length).Line,
                };
            default:
                return new Difference(FindingText.ExpectedEnd(test, input), FindingText.End(test, seen, input));
        }
    }

    /// <summary>The first map that is not as stated.</summary>
    private static Difference DescribeMap(TestCase test, ObservationBatch seen, int input)
    {
        StatedMap wrong = test.Inputs[input].MapsAfter.First(map => ExpectationComparer.FirstDifference(test, map, input, seen) is not null);
        byte[] all = new byte[wrong.Part.Length];
        Array.Fill(all, byte.MaxValue);
        MapDifference difference = MapDifference.Of(test, test.Maps[wrong.Map], new MapSide(wrong.Part, all), MapSide.Of(test, wrong.Map, seen, input));
        return new Difference(difference.Expected, difference.Got) { Line = difference.Entry is { } entry ? wrong.EntryLines[entry] : wrong.Line };
    }
}
