using System.Collections.Immutable;

namespace BpfConformance.Harnesses;

/// <summary>All harnesses: one line each.</summary>
public static class HarnessList
{
    public static ImmutableArray<Harness> All { get; } =
    [
        new AssemblerHarness(),
        new DisassemblerHarness(),
        new VectorHarness(),
        new DataHarness(),
        new FramesHarness(),
        new DifferentialHarness(),
    ];

    /// <summary>Where none is named.</summary>
    public static Harness Default => All[0];

    /// <exception cref="UsageException">There is none of that name.</exception>
    public static Harness Find(string name) => All.FirstOrDefault(harness => harness.Name == name)
        ?? throw new UsageException($"there is no harness '{name}', expected one of {string.Join(", ", All.Select(harness => harness.Name))}");
}
