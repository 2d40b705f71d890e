using System.Collections.Immutable;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles.Variants;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>Who inspects every so many cases of a campaign. The index alone decides of which: who generates a case again has it inspected again.</summary>
/// <param name="inspectors">Each with how many cases it is asked of one.</param>
public sealed class InspectorSet(params ImmutableArray<(int Cases, ICaseInspector Inspector)> inspectors)
{
    /// <summary>What each may cost: a variant is two runs more on all targets, a log of states some loads, and probes one load each.</summary>
    private const int CasesForVariant = 16;
    private const int CasesForContainment = 8;
    private const int CasesForEmbedding = 32;

    /// <summary>All that there is to ask of these.</summary>
    /// <param name="targets">The reference first; they stay the caller's.</param>
    /// <param name="others">The same targets again, for what runs at the same time.</param>
    /// <param name="asking">As of <see cref="Comparison.ExperimentRunner.Asking"/>.</param>
    public static InspectorSet For(IReadOnlyList<IExecutionTarget> targets, IReadOnlyList<IExecutionTarget> others, Action<string?>? asking)
    {
        var inspectors = ImmutableArray.CreateBuilder<(int, ICaseInspector)>();
        inspectors.Add((CasesForVariant, new VariantInspector(targets, others, asking)));
        if (targets is [ITracingTarget tracer, ..])
        {
            foreach (IVerifierTarget verifier in targets.OfType<IVerifierTarget>())
            {
                inspectors.Add((CasesForContainment, new RangeContainmentOracle(tracer, verifier)));
                inspectors.Add((CasesForEmbedding, new StateEmbeddingOracle(tracer, verifier)));
            }
        }

        return new InspectorSet(inspectors.ToImmutable());
    }

    public IReadOnlyList<Finding> Inspect(CaseId id, Experiment experiment)
    {
        List<Finding>? findings = null;
        foreach ((int cases, ICaseInspector inspector) in inspectors)
        {
            if (id.Index % cases != 0) continue;
            try
            {
                (findings ??= []).AddRange(inspector.Inspect(experiment, EntropyOf(id)));
            }
            catch (TargetException trouble) when (!trouble.IsCrash)
            {
                // Nothing follows from it; a machine that broke ends the worker, and this case is what it had in hand.
            }
        }

        return findings ?? (IReadOnlyList<Finding>)[];
    }

    /// <summary>What is chosen has nothing to do with what the case was made by.</summary>
    private static Entropy EntropyOf(CaseId id) => (id with { Profile = $"inspection of {id.Profile}" }).Entropy;
}
