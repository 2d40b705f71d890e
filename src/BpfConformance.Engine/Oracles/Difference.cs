namespace BpfConformance.Engine.Oracles;

/// <summary>In what a run differs, in words for a person.</summary>
/// <param name="Expected">What should be.</param>
/// <param name="Got">What is.</param>
internal sealed record Difference(string Expected, string Got)
{
    /// <summary>Where memory or packets first differ; <c>null</c>: it is not about them, or not about a place.</summary>
    public int? Offset { get; init; }

    /// <summary>The line that states it; <c>null</c>: that of the run.</summary>
    public int? Line { get; init; }

    /// <summary>What an oracle makes of it.</summary>
    /// <param name="oracle">Who.</param>
    /// <param name="target">Of whom.</param>
    /// <param name="facet">In what.</param>
    /// <param name="input">Of which run.</param>
    /// <param name="pc">The slot it is about; <c>null</c>: not known.</param>
    public Finding ToFinding(string oracle, string target, Comparison.Facets facet, int input, int? pc) =>
        new(oracle, target, facet, input, Expected, Got, pc) { Offset = Offset, Line = Line };
}
