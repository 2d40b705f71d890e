using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Cli.Benchmarks;

/// <summary>Compares what a program did where it will be timed with what it did on the reference: what is wrong is fast in vain.</summary>
internal static class TimedResult
{
    /// <summary>Fast machines do not keep the other registers.</summary>
    private const Facets Compared = Facets.Status | Facets.R0 | Facets.Data;

    /// <summary>In what the program differs there from the reference, in words, or <c>null</c>.</summary>
    /// <param name="program">It is run once.</param>
    /// <param name="dataBytes">Of its memory.</param>
    /// <param name="reference">What the reference showed, first.</param>
    public static string? Difference(ITimedProgram program, int dataBytes, ObservationBatch reference)
    {
        var seen = new ObservationBatch();
        seen.Reset(1, dataBytes);
        program.Observe(seen);
        Facets differences = FacetComparer.Differences(reference, 0, seen, 0, new Mask(Compared));
        return differences switch
        {
            Facets.None => null,
            _ when differences.HasFlag(Facets.Status) => $"it ends with {seen[0].Status}, where the reference has {reference[0].Status}",
            _ when differences.HasFlag(Facets.R0) => $"r0 is 0x{seen[0].R0:x}, where the reference has 0x{reference[0].R0:x}",
            _ => "it leaves other memory than the reference",
        };
    }
}
