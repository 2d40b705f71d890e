using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>
/// What a run has in its registers must be among what the verifier believed possible there, and a run must not go where the verifier
/// holds that none goes. It asks both itself; of what other machines did with the case it takes nothing.
/// </summary>
/// <param name="tracer">Runs the case.</param>
/// <param name="verifier">Is judged.</param>
public sealed class RangeContainmentOracle(ITracingTarget tracer, IVerifierTarget verifier) : ICaseInspector
{
    public const string OracleName = "containment";

    private readonly ExecutionTrace _trace = new();

    /// <summary>All that was compared so far.</summary>
    public ContainmentCounts Counts { get; private set; }

    public IEnumerable<Finding> Inspect(Experiment experiment, Entropy entropy)
    {
        // What is too complex would be told in a million lines, which takes seconds, and of which the log has room for the first few.
        bool isTooComplex = experiment.Runs.Any(run => run.Target == verifier.Name && run.Verdict.Reason == ReasonClass.TooComplex);
        return isTooComplex ? [] : Judge(experiment.Case);
    }

    /// <exception cref="TargetException">Trouble of the environment.</exception>
    public ImmutableArray<Finding> Judge(TestCase test)
    {
        if (test.Inputs.IsEmpty || tracer.Capabilities.Lacks(test) is not null || verifier.Capabilities.Lacks(test) is not null) return [];
        LoadRequest request = test.ToRequest();
        if (!tracer.Trace(request, test.Inputs.Select(input => input.ForRun).ToArray(), test.ContextBytes, _trace)) return [];
        return [.. Enumerable.Range(0, test.Program.Count).SelectMany(program => Judge(test.Program, request, program)).DistinctBy(finding => finding with { Input = null })];
    }

    private IEnumerable<Finding> Judge(BpfProgram code, LoadRequest request, int program)
    {
        FollowedRun[] runs = [.. _trace.Runs.Where(run => run.Program == program).Select(run => new FollowedRun(_trace, run, code.Instructions))];
        if (runs.Length == 0) yield break;
        var followed = new FollowedRuns(runs);
        Exploration exploration = verifier.Explore(request, program, followed);
        Count(runs);

        if (exploration.Bug is { } bug) yield return new Finding(OracleName, verifier.Name, Facets.Status, null, "nothing wrong in the verifier itself", bug.Message, bug.Pc);
        // What a verifier has left to explore where it refuses is never told.
        if (exploration is not { Verdict.Kind: VerdictKind.Accepted, IsComplete: true }) followed.Lose();
        bool wasWhole = followed.IsWhole;
        foreach (FollowedRun run in runs)
        {
            if (run.Problem(wasWhole) is not { } problem) continue;
            yield return new Finding(OracleName, verifier.Name, Facets.Registers, run.Run.Input, problem.Expected, problem.Got, problem.Pc);
        }
    }

    private void Count(FollowedRun[] runs) => Counts += new ContainmentCounts(
        Explorations: 1,
        runs.Length,
        runs.Sum(run => (long)run.Run.Count),
        runs.Sum(run => (long)run.ComparedSteps),
        runs.Sum(run => (long)run.Numbers),
        runs.Sum(run => (long)run.ComparedNumbers),
        runs.Count(run => run.IsPruned),
        runs.Count(run => run.HasEnded));
}
