using System.Collections.Immutable;

namespace BpfConformance.Engine.Reduction;

/// <summary>The ways to make a case smaller, in the order in which they pay.</summary>
public static class ReductionPasses
{
    public static ImmutableArray<IReductionPass> All { get; } =
    [
        new InputPass(),
        new ProgramPass(),
        new UnreachedPass(),
        new CutPass(),
        new RangePass(),
        new SlotPass(),
        new MapPass(),
        new InlinePass(),
        new SimplerPass(),
        new DataPass(),
        new LoadPass(),
        new RegisterPass(),
        new OffsetPass(),
        new ImmediatePass(),
        new BytePass(),
    ];
}
