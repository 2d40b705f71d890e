using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>Runs a case on every target and judges it; what may have failed for want of memory is asked again. One thread at a time.</summary>
/// <param name="targets">The reference, when it takes part, first. They stay the caller's to dispose.</param>
/// <param name="judge">Says what became of the case.</param>
public sealed class CaseRunner(IReadOnlyList<IExecutionTarget> targets, Func<Experiment, ImmutableArray<CaseResult>> judge)
{
    /// <summary>What is wrong so often is so for another reason.</summary>
    private const int MostTries = 3;

    private readonly ExperimentRunner _runner = new(targets);

    /// <summary>One result for each target that the judge judges, in its order.</summary>
    public ImmutableArray<CaseResult> Run(TestCase test)
    {
        ImmutableArray<CaseResult> results = judge(_runner.Run(test));
        for (int again = 1; again < MostTries && results.Any(MayHaveLackedMemory); again++)
        {
            // Nobody else profits from another try.
            results = [.. results.Zip(judge(_runner.Run(test)), (result, next) => MayHaveLackedMemory(result) ? next with { AskedAgain = again } : result)];
        }

        return results;
    }

    /// <summary>Of a machine that broke nothing is asked again.</summary>
    private bool MayHaveLackedMemory(CaseResult result) => result.Status == CaseStatus.Failed
        && result.Findings.All(finding => finding.Oracle != CrashOracle.OracleName)
        && result.Case.Program.Calls([.. targets.First(target => target.Name == result.Target).Capabilities.MayLackMemory]);
}
