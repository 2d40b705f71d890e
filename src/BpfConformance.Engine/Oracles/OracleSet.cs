using System.Collections.Immutable;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>Oracles that judge one after the other.</summary>
/// <param name="oracles">In the order of precedence: what one has found of a run, a later one need not tell again.</param>
public sealed class OracleSet(params ImmutableArray<IOracle> oracles)
{
    private readonly ImmutableArray<IOracle> _oracles = oracles;

    /// <summary>For generated cases. A target may refuse what the reference returns from: how often it does is counted, and no finding.</summary>
    public static OracleSet ForGenerated { get; } = new(new CrashOracle(), new VerdictOracle(tellsStricter: false), new StateOracle());

    /// <summary>The same, and what only verifiers can be wrong in, where there are any among the targets.</summary>
    public static OracleSet ForGeneratedOn(IEnumerable<IExecutionTarget> targets)
    {
        ImmutableHashSet<string> verifying = [.. targets.Where(target => target.Capabilities.Verifies).Select(target => target.Name)];
        return verifying.IsEmpty ? ForGenerated : new OracleSet([.. ForGenerated._oracles, new SoundnessOracle(verifying), new CostOracle()]);
    }

    /// <summary>Whoever is wrong itself, though it were the reference, is no measure for the others.</summary>
    public IReadOnlyList<Finding> Judge(Experiment experiment)
    {
        var findings = new List<Finding>();
        foreach (IOracle oracle in _oracles)
        {
            bool isHeldAgainstFirst = oracle is StateOracle or VerdictOracle;
            if (isHeldAgainstFirst && findings.Any(finding => finding.Target == experiment.Runs[0].Target)) continue;
            findings.AddRange(oracle.Judge(experiment));
        }

        return findings;
    }
}
