using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Oracles.Variants;

namespace BpfConformance.Engine.Oracles.Metamorphic;

/// <summary>All rewrites, and the variant that each makes of a case.</summary>
public static class Rewrites
{
    /// <summary>What an instruction more or less cannot change.</summary>
    internal const Facets SameButCount = Facets.All & ~(Facets.Instructions | Facets.FaultPc);

    /// <summary>The same of other registers than r0.</summary>
    internal const Facets SameResults = SameButCount & ~Facets.Registers;

    /// <param name="maps">Those of the case.</param>
    public static ImmutableArray<IRewrite> Of(ImmutableArray<MapDefinition> maps) =>
        [new NothingDone(), new RegistersRenamed(), new ImmediateInRegister(), new RegisterAsImmediate(), new JumpInverted(), new Outlined(), new LookupAsValue(maps)];

    /// <summary>The case rewritten; <c>null</c>: it cannot be in this way.</summary>
    public static Variant? VariantOf(TestCase test, IRewrite rewrite, ref Entropy entropy) =>
        IrProgram.TryDecode(test.Program) is { Code.IsEmpty: false } program && rewrite.Mutate(program, ref entropy)?.TryEncode() is { } rewritten
            ? new Variant(rewrite.Name, test.With(rewritten)) { Same = rewrite.Same }
            : null;
}
