using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Programs that every verifier must accept, and that compute much from little: memory, packets and maps of edge values. One thread at a time.</summary>
public sealed class ValidGenerator : IShapedGenerator
{
    private readonly CaseWriter _writer = new("valid");

    public string Name => "valid";

    public GeneratedShape LastShape => _writer.Shape;

    public TestCase Next(ref Entropy entropy, GeneratorLimits limits) => _writer.Write(ref entropy, limits, CasePlan.Usual);
}
