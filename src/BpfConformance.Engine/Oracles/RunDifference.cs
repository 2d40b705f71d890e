using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>In what two runs of the same input differ.</summary>
internal static class RunDifference
{
    /// <param name="test">The case that the runs are of.</param>
    /// <param name="left">The run that is the measure.</param>
    /// <param name="right">The other.</param>
    /// <param name="input">Which run of each.</param>
    /// <param name="mask">What is compared, of what both saw.</param>
    public static IEnumerable<(Facets Facet, Difference Difference, int? Pc)> Between(
        TestCase test, ObservationBatch left, ObservationBatch right, int input, Mask mask)
    {
        // Nearly all runs agree; going through the facets is for those that do not.
        if (left.Agrees(input, right, mask)) yield break;

        Facets differences = FacetComparer.Differences(left, input, right, input, mask);

        // Runs that ended differently differ in the rest, too, and it says nothing more.
        differences = differences.HasFlag(Facets.Status) ? Facets.Status : StepDifference.Told(test, input, differences);
        foreach (Facets facet in Enum.GetValues<Facets>())
        {
            if (facet is Facets.None or Facets.All || !differences.HasFlag(facet)) continue;
            yield return (facet, Describe(facet, left, right, input, test), PcOf(right[input]) ?? PcOf(left[input]));
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
            case Facets.HelperTrace:
                return new Difference(FindingText.HelperTrace(a), FindingText.HelperTrace(b));
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
