using System.Collections.Immutable;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>Oracles that judge one after the other.</summary>
/// <param name="oracles">In the order of precedence: what one has found of a run, a later one need not tell again.</param>
public sealed class OracleSet(params ImmutableArray<IOracle> oracles)
{
    /// <summary>For generated cases. A target with a verifier may refuse what the reference returns from: how often it does is counted, and no finding.</summary>
    public static OracleSet ForGeneratedOn(IReadOnlyCollection<IExecutionTarget> targets)
    {
        ILookup<bool, string> names = targets.ToLookup(target => target.Capabilities.Verifies, target => target.Name);
        ImmutableHashSet<string> verifying = [.. names[true]];
        var cost = new CostOracle(targets.DistinctBy(target => target.Name).ToDictionary(target => target.Name, target => target.Capabilities.UsualCost));
        ImmutableArray<IOracle> all = [new CrashOracle(), new VerdictOracle(tellsStricter: false, trusting: [.. names[false]], verifying), new StateOracle(), cost];
        return new OracleSet(verifying.IsEmpty ? all : [.. all, new SoundnessOracle(verifying)]);
    }

    /// <summary>Whoever is wrong itself, though it were the reference, is no measure for the others.</summary>
    public IReadOnlyList<Finding> Judge(Experiment experiment)
    {
        var findings = new List<Finding>();
        foreach (IOracle oracle in oracles)
        {
            if (oracle.IsHeldAgainstFirst && findings.Any(finding => finding.Target == experiment.Runs[0].Target)) continue;
            findings.AddRange(oracle.Judge(experiment));
        }

        return findings;
    }
}
