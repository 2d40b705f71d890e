using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Leaves out ranges of instructions; what leads into one leads to what is behind it.</summary>
public sealed class RangePass : IrPass
{
    public override string Name => "ranges";

    protected override IEnumerable<IrProgram> Candidates(IrProgram program) =>
        Chunks.Of(program.Code.Length).Select(chunk => program.Without(chunk.Start, chunk.Count));
}
