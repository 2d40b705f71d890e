using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Engine.Oracles.Variants;

/// <summary>A case in another form, of which every target must make the same.</summary>
/// <param name="Name">What is different, in a word.</param>
/// <param name="Case">The other form; its inputs are those of the case as given.</param>
public sealed record Variant(string Name, TestCase Case)
{
    /// <summary>In what its runs must be those of the case as given.</summary>
    public Facets Same { get; init; } = Facets.All;

    /// <summary>Whether a verifier then finds itself in the wrong more often than it is: that it does not accept it says nothing.</summary>
    public bool IsSelfTest { get; init; }

    /// <summary>Whether it runs at the same time as the case as given, on targets of its own.</summary>
    public bool IsSimultaneous { get; init; }
}

/// <summary>A case as given and in other forms, and what every target did with each.</summary>
/// <param name="Given">The case as given.</param>
/// <param name="Variants">The others; their runs are in the order of those of <paramref name="Given"/>.</param>
public sealed record VariantExperiment(Experiment Given, ImmutableArray<(Variant Variant, Experiment Experiment)> Variants);
