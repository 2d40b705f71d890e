using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;

namespace BpfConformance.Cli;

/// <summary>A signature tells only that some result is wrong; the reference, also where it takes no part, shows the first that is.</summary>
public sealed class SignatureWitness : IDisposable
{
    private static readonly StateOracle s_oracle = new();

    private readonly Lock _gate = new();
    private readonly IExecutionTarget _reference = TargetRegistry.All[0].Create();
    private readonly ExperimentRunner _runner;

    public SignatureWitness() => _runner = new ExperimentRunner([_reference]);

    /// <summary>The result, with what it lacks; while the observations of the experiment are there.</summary>
    public CaseResult Explain(Experiment experiment, CaseResult result)
    {
        // With the reference in the experiment, the difference from it follows the signature already.
        if (result.Findings is not [.., { Facet: Facets.Signature }]) return result;
        TargetRun wrong = experiment.Runs.Single(run => run.Target == result.Target);
        lock (_gate)
        {
            TargetRun right = _runner.Run(experiment.Case).Runs[0];
            return result with { Findings = [.. result.Findings, .. s_oracle.Judge(new Experiment(experiment.Case, [right, wrong]))] };
        }
    }

    public void Dispose() => _reference.Dispose();
}
