using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Leaves out what nothing leads to.</summary>
public sealed class UnreachedPass : IrPass
{
    public override string Name => "unreached";

    protected override IEnumerable<IrProgram> Candidates(IrProgram program) => [program.WithoutUnreached()];
}
