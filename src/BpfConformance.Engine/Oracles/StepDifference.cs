using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>In what the results of a step of user space differ: r0 and data together are what its file states.</summary>
internal static class StepDifference
{
    /// <summary>What there is to tell: of a step whose r0 differs, the data are told with it.</summary>
    public static Facets Told(TestCase test, int input, Facets differences) =>
        test.Inputs[input].Step is not null && differences.HasFlag(Facets.R0) ? differences & ~Facets.Data : differences;

    /// <summary>What the case states.</summary>
    public static string Stated(TestCase test, int input) =>
        StepResultText.Of(test, test.Inputs[input].Step!, test.Inputs[input].Result ?? 0, test.Inputs[input].DataAfter.GetValueOrDefault().Span); // it is one

    /// <summary>What a target has shown.</summary>
    public static string Seen(TestCase test, int input, ObservationBatch seen) =>
        StepResultText.Of(test, test.Inputs[input].Step!, seen[input].R0, seen.Data(input)[..Math.Max(0, seen[input].DataLength)]); // it is one

    /// <summary>Against what the case states.</summary>
    public static Difference Of(TestCase test, int input, ObservationBatch got)
    {
        CaseInput stated = test.Inputs[input];
        return Of(Stated(test, input), test, input, stated.DataAfter.GetValueOrDefault().Span, got);
    }

    /// <summary>Against what another target has shown.</summary>
    public static Difference Of(TestCase test, int input, ObservationBatch expected, ObservationBatch got) =>
        Of(Seen(test, input, expected), test, input, expected.Data(input)[..Math.Max(0, expected[input].DataLength)], got);

    private static Difference Of(string stated, TestCase test, int input, ReadOnlySpan<byte> expected, ObservationBatch got)
    {
        byte[] data = got.Data(input)[..Math.Max(0, got[input].DataLength)].ToArray();
        Span<byte> mask = got.DataMask(input);

        // Bits that are not compared must not look like the difference.
        for (int i = 0; i < Math.Min(data.Length, expected.Length); i++) data[i] = (byte)((data[i] & mask[i]) | (expected[i] & ~mask[i]));
        (string here, string there) = DifferenceText.Mark(stated, StepResultText.Of(test, test.Inputs[input].Step!, got[input].R0, data)); // it is one
        return new Difference(here, there);
    }
}
