using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>Holds every other target against the first, the reference, in all that both saw of a run.</summary>
/// <param name="tellsEveryRun">Also of the many under one signature; else of these the first that differs is enough.</param>
public sealed class StateOracle(bool tellsEveryRun = false) : IOracle
{
    public string Name => "state";

    /// <summary>Whether a target may refuse what the reference returns from, where the case leaves the verdict open: a verifier cannot know all.</summary>
    public bool MayRefuse { get; init; }

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
        IEnumerable<Finding> verdicts = experiment.Case.Expectation.Run == RunExpectation.Unstated ? JudgeVerdicts(experiment) : [];

        // What two threads leave differs from run to run.
        if (experiment.Case.Contention is not null) return verdicts;
        if (experiment.Runs is not [{ Observations: { } expected, Target: { } reference }, ..]) return verdicts;

        return verdicts.Concat(experiment.Runs.Skip(1).SelectMany(run => run.Observations is { } seen
            ? JudgeRuns(experiment.Case, reference, expected, run.Target, seen)
            : []));
    }

    /// <summary>
    /// Where the case leaves the verdict open, all must give one. A machine may refuse what does not return on the
    /// reference: it knew before.
    /// </summary>
    private IEnumerable<Finding> JudgeVerdicts(Experiment experiment)
    {
        if (experiment.Runs is not [{ } reference, ..]) yield break;
        bool returned = reference.Observations is { } seen
            && Enumerable.Range(0, seen.Count).All(input => seen[input].Status == ExecutionStatus.Returned);
        foreach (TargetRun run in experiment.Runs.Skip(1))
        {
            bool differs = (reference.Verdict.Kind, run.Verdict.Kind) switch
            {
                (VerdictKind.Rejected, VerdictKind.Accepted) => true,
                (VerdictKind.Accepted, VerdictKind.Rejected) => returned && !MayRefuse,
                _ => false,
            };
            if (differs)
            {
                yield return new Finding(
                    Name, run.Target, Facets.Status, null, $"{FindingText.Verdict(reference.Verdict)} (as {reference.Target})", FindingText.Verdict(run.Verdict))
                {
                    Line = FindingText.LineOf(experiment.Case, reference.Verdict) ?? FindingText.LineOf(experiment.Case, run.Verdict),
                };
            }
        }
    }

    private IEnumerable<Finding> JudgeRuns(
        TestCase test, string reference, ObservationBatch left, string target, ObservationBatch right)
    {
        IEnumerable<Finding> findings = Enumerable.Range(0, Math.Min(left.Count, right.Count))
            .SelectMany(input => JudgeRun(test, reference, left, target, right, input));
        return tellsEveryRun || test.Signature is null ? findings : findings.Take(1);
    }

    private IEnumerable<Finding> JudgeRun(
        TestCase test, string reference, ObservationBatch left, string target, ObservationBatch right, int input)
    {
        if (left.Agrees(input, right, Mask.Everything)) yield break;
        if (ExpectationComparer.HasDiverged(test, left[input]) || ExpectationComparer.HasDiverged(test, right[input])) yield break;

        Facets differences = FacetComparer.Differences(left, input, right, input, Mask.Everything);

        // Runs that ended differently differ in the rest, too, and it says nothing more.
        differences = differences.HasFlag(Facets.Status) ? Facets.Status : StepDifference.Told(test, input, differences);
        foreach (Facets facet in Enum.GetValues<Facets>())
        {
            if (facet is Facets.None or Facets.All || !differences.HasFlag(facet)) continue;
            Difference difference = Describe(facet, left, right, input, test);
            yield return (difference with { Expected = $"{difference.Expected} (as {reference})" })
                .ToFinding(Name, target, facet, input, PcOf(right[input]) ?? PcOf(left[input]));
        }
    }

    private static Difference Describe(Facets facet, ObservationBatch left, ObservationBatch right, int input, TestCase test)
    {
        Observation a = left[input];
        Observation b = right[input];
        switch (facet)
        {
            case Facets.R0 or Facets.Data when test.Inputs[input].Step is not null:
                return StepDifference.Of(test, input, left, right);
            case Facets.R0:
                ulong mask = a.R0Mask & b.R0Mask;
                return new Difference(FindingText.R0(a.R0, mask), FindingText.R0(b.R0, mask));
            case Facets.Registers:
                int registers = DifferentRegisters(a, b);
                return new Difference(FindingText.Registers(a, registers), FindingText.Registers(b, registers));
            case Facets.Data:
                ReadOnlySpan<byte> expected = left.Data(input)[..a.DataLength];
                ReadOnlySpan<byte> got = right.Data(input)[..b.DataLength];
                int offset = FirstDifference(left, right, input);
                return new Difference(FindingText.Data(test, expected, offset), FindingText.Data(test, got, offset)) { Offset = offset };
            case Facets.Maps:
                return DescribeMaps(left, right, input, test);
            case Facets.Context:
                return DescribeContexts(left, right, input, test);
            case Facets.Instructions:
                return new Difference($"{a.Instructions} instructions", $"{b.Instructions} instructions");
            default:
                return new Difference(FindingText.End(test, left, input), FindingText.End(test, right, input));
        }
    }

    /// <summary>The first map in which they differ.</summary>
    private static Difference DescribeMaps(ObservationBatch left, ObservationBatch right, int input, TestCase test)
    {
        for (int map = 0; ; map++)
        {
            MapSide theirs = MapSide.Of(test, map, left, input);
            MapSide ours = MapSide.Of(test, map, right, input);
            if (!ByteFacet.Differ(theirs.Part.Span, theirs.Mask.Span, ours.Part.Span, ours.Mask.Span)) continue;
            MapDifference difference = MapDifference.Of(test, test.Maps[map], theirs, ours);
            return new Difference(difference.Expected, difference.Got);
        }
    }

    /// <summary>The first field in which they differ, without what only one of them saw.</summary>
    private static Difference DescribeContexts(ObservationBatch left, ObservationBatch right, int input, TestCase test)
    {
        byte[] mask = MaskOf(left.ContextMask(input), right.ContextMask(input));
        byte[] expected = Masked(left.Context(input)[..left[input].ContextLength], mask);
        byte[] got = Masked(right.Context(input)[..right[input].ContextLength], mask);
        int place = DataComparer.FirstDifference(expected, got, mask)!.Value;
        return new Difference(FindingText.Context(test, input, expected, place), FindingText.Context(test, input, got, place));
    }

    private static byte[] Masked(ReadOnlySpan<byte> bytes, byte[] mask)
    {
        byte[] masked = bytes.ToArray();
        for (int i = 0; i < masked.Length; i++) masked[i] &= mask[i];
        return masked;
    }

    private static byte[] MaskOf(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        byte[] mask = left.ToArray();
        for (int i = 0; i < Math.Min(mask.Length, right.Length); i++) mask[i] &= right[i];
        return mask;
    }

    private static int DifferentRegisters(in Observation a, in Observation b)
    {
        int different = 0;
        for (int r = 0; r < MachineLimits.RegisterCount; r++)
        {
            if ((a.RegistersMask & b.RegistersMask & (1 << r)) != 0 && a.Registers[r] != b.Registers[r]) different |= 1 << r;
        }

        return different;
    }

    private static int FirstDifference(ObservationBatch left, ObservationBatch right, int input)
    {
        byte[] mask = MaskOf(left.DataMask(input), right.DataMask(input));
        ReadOnlySpan<byte> expected = left.Data(input)[..left[input].DataLength];
        ReadOnlySpan<byte> got = right.Data(input)[..right[input].DataLength];
        return DataComparer.FirstDifference(expected, got, mask)!.Value;
    }

    private static int? PcOf(in Observation run) => run.FaultPc < 0 ? null : run.FaultPc;
}
