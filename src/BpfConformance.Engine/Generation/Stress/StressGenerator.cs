using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation.Stress;

/// <summary>Valid programs that go to the limits of size: length, distances of jumps and of accesses, frames, tail calls, stack, registers. One thread at a time.</summary>
public sealed class StressGenerator : IShapedGenerator
{
    private static readonly CasePlan[] s_plans =
    [
        new() { Slots = 1000, Words = AbstractState.MostWords },
        new() { Slots = 2000, Special = StressSteps.FarBranch },
        new() { CallsDeep = true, MustCall = true },
        new() { NeedsContext = true, Special = StressSteps.TailCallItself },
        new() { Words = AbstractState.MostWords, GapBytes = StressSteps.GapBytes, IsLeaf = true },
        new() { Slots = 200, IsLeaf = true, Special = StressSteps.FillRegisters },
        new() { MemoryBytes = StressSteps.FarBytes },
    ];

    private readonly CaseWriter _writer = new("stress");

    public string Name => "stress";

    public GeneratedShape LastShape => _writer.Shape;

    public TestCase Next(ref Entropy entropy, GeneratorLimits limits) => _writer.Write(ref entropy, limits, entropy.Of<CasePlan>(s_plans));
}
