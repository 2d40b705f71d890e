using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Leaves out ranges of instructions; what leads into one leads to what is behind it.</summary>
public sealed class RangePass : IReductionPass
{
    public string Name => "ranges";

    public IEnumerable<TestCase> Candidates(TestCase current) => IrProgram.TryDecode(current.Program) is { } program
        ? Chunks.Of(program.Code.Length).Select(chunk => current.With(program.Without(chunk.Start, chunk.Count))).OfType<TestCase>()
        : [];
}
