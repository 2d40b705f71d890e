using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>No machine may break, whatever it is given.</summary>
public sealed class CrashOracle : IOracle
{
    public const string OracleName = "crash";

    private const string Expected = "an answer";

    public string Name => OracleName;

    public IEnumerable<Finding> Judge(Experiment experiment)
    {
        foreach (TargetRun run in experiment.Runs)
        {
            if (HasCrashed(run)) return experiment.Runs.SelectMany(Judge);
        }

        return [];
    }

    private static bool HasCrashed(TargetRun run)
    {
        if (run.Verdict.Kind == VerdictKind.Crashed) return true;
        if (run.Observations is not { } seen) return false;
        for (int input = 0; input < seen.Count; input++)
        {
            if (seen[input].Status == ExecutionStatus.Crashed) return true;
        }

        return false;
    }

    private IEnumerable<Finding> Judge(TargetRun run)
    {
        if (run.Verdict.Kind == VerdictKind.Crashed)
        {
            yield return new Finding(Name, run.Target, Facets.Status, null, Expected, FindingText.Verdict(run.Verdict)) { Stack = run.Stack };
        }

        if (run.Observations is not { } seen) yield break;
        for (int input = 0; input < seen.Count; input++)
        {
            if (seen[input].Status != ExecutionStatus.Crashed) continue;
            string how = seen.Reason(input) is { Length: > 0 } reason ? $"crashed: {reason}" : "crashed";
            yield return new Finding(Name, run.Target, Facets.Status, input, Expected, how);
        }
    }
}
