using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation.Mutation;

namespace BpfConformance.Engine.Oracles.Metamorphic;

/// <summary>A change of a program that must not change what it does, nor whether a verifier takes it.</summary>
public interface IRewrite : IMutator
{
    /// <summary>In what a run must stay as it was.</summary>
    Facets Same { get; }
}
