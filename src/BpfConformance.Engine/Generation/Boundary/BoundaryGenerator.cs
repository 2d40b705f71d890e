using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Boundary;

/// <summary>Programs that are valid but for one step over one limit, which verifiers have to see. One thread at a time.</summary>
public sealed class BoundaryGenerator : IProgramGenerator
{
    private readonly CaseWriter _writer = new("boundary");
    private readonly CasePlan _plan = new() { Special = ViolationTable.Take, MustCall = true };
    private readonly CasePlan _planWithContext = new() { Special = ViolationTable.Take, MustCall = true, NeedsContext = true };

    public string Name => "boundary";

    /// <summary>What the last case holds.</summary>
    public GeneratedShape LastShape => _writer.Shape;

    public TestCase Next(ref Entropy entropy, GeneratorLimits limits) =>
        _writer.Write(ref entropy, limits, entropy.Below(3) > 0 ? _planWithContext : _plan);
}
