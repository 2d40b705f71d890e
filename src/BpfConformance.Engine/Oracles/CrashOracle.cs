using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>No machine may break, whatever it is given.</summary>
public sealed class CrashOracle : IOracle
{
    public const string OracleName = "crash";

    public string Name => OracleName;

    public IEnumerable<Finding> Judge(Experiment experiment) =>
        from run in experiment.Runs
        where run.Verdict.Kind == VerdictKind.Crashed
        select new Finding(Name, run.Target, Facets.Status, null, "an answer", FindingText.Verdict(run.Verdict));
}
