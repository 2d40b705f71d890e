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

    public IEnumerable<Finding> Judge(Experiment experiment)
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
                (VerdictKind.Accepted, VerdictKind.Rejected) => returned,
                _ => false,
            };
            if (differs)
            {
                yield return new Finding(
                    Name, run.Target, Facets.Status, null, $"{FindingText.Verdict(reference.Verdict)} (as {reference.Target})", FindingText.Verdict(run.Verdict));
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
        // Nearly all runs agree; going through the facets is for those that do not.
        if (left.Agrees(input, right, Mask.Everything)) yield break;
        if (ExpectationComparer.HasDiverged(test, left[input]) || ExpectationComparer.HasDiverged(test, right[input])) yield break;

        Facets differences = FacetComparer.Differences(left, input, right, input, Mask.Everything);

        // Runs that ended differently differ in the rest, too, and it says nothing more.
        if (differences.HasFlag(Facets.Status)) differences = Facets.Status;
        foreach (Facets facet in Enum.GetValues<Facets>())
        {
            if (facet is Facets.None or Facets.All || !differences.HasFlag(facet)) continue;
            (string expected, string got, int? offset) = Describe(facet, left, right, input, test);
            yield return new Finding(Name, target, facet, input, $"{expected} (as {reference})", got, PcOf(right[input]) ?? PcOf(left[input]))
            {
                Offset = offset,
            };
        }
    }

    private static (string Expected, string Got, int? Offset) Describe(
        Facets facet, ObservationBatch left, ObservationBatch right, int input, TestCase test)
    {
        Observation a = left[input];
        Observation b = right[input];
        switch (facet)
        {
            case Facets.R0:
                ulong mask = a.R0Mask & b.R0Mask;
                return (FindingText.R0(a.R0, mask), FindingText.R0(b.R0, mask), null);
            case Facets.Registers:
                int registers = DifferentRegisters(a, b);
                return (FindingText.Registers(a, registers), FindingText.Registers(b, registers), null);
            case Facets.Data:
                ReadOnlySpan<byte> expected = left.Data(input)[..a.DataLength];
                ReadOnlySpan<byte> got = right.Data(input)[..b.DataLength];
                int offset = FirstDifference(left, right, input);
                return (FindingText.Data(test, input, expected, offset), FindingText.Data(test, input, got, offset), offset);
            case Facets.Maps:
                return DescribeMaps(left, right, input, test);
            case Facets.Context:
                return DescribeContexts(left, right, input, test);
            case Facets.Instructions:
                return ($"{a.Instructions} instructions", $"{b.Instructions} instructions", null);
            default:
                return (FindingText.End(left, input), FindingText.End(right, input), null);
        }
    }

    /// <summary>The first map in which they differ.</summary>
    private static (string Expected, string Got, int? Offset) DescribeMaps(
        ObservationBatch left, ObservationBatch right, int input, TestCase test)
    {
        byte[] expected = left.Maps(input)[..left[input].MapsLength].ToArray();
        byte[] got = right.Maps(input)[..right[input].MapsLength].ToArray();
        byte[] mask = MaskOf(left.MapsMask(input), right.MapsMask(input));
        for (int map = 0; ; map++)
        {
            Range theirs = MapImage.PartOf(map, test.Maps, expected);
            Range ours = MapImage.PartOf(map, test.Maps, got);
            if (DataComparer.FirstDifference(expected.AsSpan()[theirs], got.AsSpan()[ours], mask.AsSpan()[theirs]) is not { } place) continue;
            return (FindingText.Map(test.Maps[map], expected[theirs], place), FindingText.Map(test.Maps[map], got[ours], place), null);
        }
    }

    /// <summary>The first field in which they differ, without what only one of them saw.</summary>
    private static (string Expected, string Got, int? Offset) DescribeContexts(
        ObservationBatch left, ObservationBatch right, int input, TestCase test)
    {
        byte[] mask = MaskOf(left.ContextMask(input), right.ContextMask(input));
        byte[] expected = Masked(left.Context(input)[..left[input].ContextLength], mask);
        byte[] got = Masked(right.Context(input)[..right[input].ContextLength], mask);
        int place = DataComparer.FirstDifference(expected, got, mask)!.Value;
        return (FindingText.Context(test, input, expected, place), FindingText.Context(test, input, got, place), null);
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
