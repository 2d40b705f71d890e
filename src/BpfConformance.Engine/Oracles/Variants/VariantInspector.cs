using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles.Metamorphic;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles.Variants;

/// <summary>Gives a case to all targets in one more form, one of those in which it can be.</summary>
/// <param name="targets">The reference first; they stay the caller's.</param>
/// <param name="others">The same targets again, for what runs at the same time.</param>
/// <param name="asking">As of <see cref="Comparison.ExperimentRunner.Asking"/>.</param>
public sealed class VariantInspector(IReadOnlyList<IExecutionTarget> targets, IReadOnlyList<IExecutionTarget> others, Action<string?>? asking) : ICaseInspector
{
    private readonly VariantRunner _runner = new(targets, others, asking);

    /// <summary>Flags have verifiers test themselves; others do the same with them as without.</summary>
    private readonly bool _haveVerifier = targets.Any(target => target.Capabilities.Verifies);

    public IEnumerable<Finding> Inspect(Experiment experiment, Entropy entropy)
    {
        TestCase test = experiment.Case;
        return VariantOracle.Judge(_runner.Run(test, [VariantOf(test, entropy)]));
    }

    private Variant VariantOf(TestCase test, Entropy entropy)
    {
        Variant again = CaseVariants.Again(test);
        Variant[] plain = [again, CaseVariants.Simultaneous(test), .. _haveVerifier ? CaseVariants.WithFlags(test) : []];
        ImmutableArray<IRewrite> rewrites = Rewrites.Of(test.Maps);
        int chosen = entropy.Below(plain.Length + rewrites.Length);
        return chosen < plain.Length ? plain[chosen] : Rewrites.VariantOf(test, rewrites[chosen - plain.Length], ref entropy) ?? again;
    }
}
