using System.Collections.Immutable;
using BpfConformance.Abi;
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
        Experiment experiment = _runner.Run(test);
        ImmutableArray<CaseResult> results = judge(experiment);
        bool[] hasLacked = [.. results.Select(result => HasLackedMemory(experiment, result))];
        for (int again = 1; again < MostTries && results.Any(MayHaveLackedMemory); again++)
        {
            experiment = _runner.Run(test);
            ImmutableArray<CaseResult> next = judge(experiment);
            for (int i = 0; i < results.Length; i++)
            {
                if (!MayHaveLackedMemory(results[i])) continue; // nobody else profits from another try
                results = results.SetItem(i, (hasLacked[i] ? next[i] : Held(results[i], next[i])) with { AskedAgain = again });
                hasLacked[i] &= HasLackedMemory(experiment, next[i]);
            }
        }

        return results;
    }

    /// <summary>Of verdicts and faults no lack of memory is the reason, and of a machine that broke nothing is asked again.</summary>
    private bool MayHaveLackedMemory(CaseResult result) => result.Status == CaseStatus.Failed
        && result.Findings.All(finding => finding is { Oracle: not CrashOracle.OracleName, Input: not null, Facet: Facets.R0 or Facets.Data or Facets.Maps })
        && result.Case.Program.Calls([.. targets.First(target => target.Name == result.Target).Capabilities.MayLackMemory]);

    /// <summary>Whether a run says itself why it failed.</summary>
    private static bool HasLackedMemory(Experiment experiment, CaseResult result) =>
        experiment.Runs.First(run => run.Target == result.Target).Observations is { } seen
        && result.Findings.Any(finding => finding is { Facet: Facets.R0, Input: { } input }
            && result.Case.Inputs[input].Result is null or 0
            && unchecked((int)seen[input].R0) == -(int)Errno.ENOMEM);

    /// <summary>What was wrong once for no reason that was seen has not passed, though it is right the next time.</summary>
    private static CaseResult Held(CaseResult before, CaseResult next) => next.Status != CaseStatus.Passed ? next
        : next with { Status = CaseStatus.Inconclusive, Reason = $"differs from run to run: once {before.Reason}" };
}
