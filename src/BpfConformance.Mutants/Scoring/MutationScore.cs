using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Mutants.Scoring;

/// <summary>What became of a mutant.</summary>
/// <param name="Mutant">Which.</param>
/// <param name="Killer">The case that told it from the reference; <c>null</c>: none did.</param>
/// <param name="IsExecuted">Whether any case executes its instruction.</param>
public sealed record MutantResult(Mutant Mutant, string? Killer, bool IsExecuted)
{
    /// <summary>How the machine broke, which says nothing of the suite: the defect is badly made; <c>null</c>: it did not.</summary>
    public string? Crash { get; init; }

    public bool IsKilled => Killer is not null;

    /// <summary>A hole in the suite, a proof that is wrong or that no case has put to the test, or a broken measurement.</summary>
    public bool IsWrong => Problem is not null;

    /// <summary>The same in words; <c>null</c>: the mutant was killed, or it is known why not.</summary>
    public string? Problem => this switch
    {
        { Crash: { } crash } => $"broke the machine in {crash}",
        { IsKilled: true, Mutant.IsKillable: false } => $"killed by {Killer}, though it is said that none can: {Mutant.Equivalence ?? Mutant.Incomparability}",
        { IsKilled: false, IsExecuted: false } => $"no case executes {Mutant.Row.Name}",
        { IsKilled: false, Mutant.IsKillable: true } => $"as if {Mutant.Behavior}",
        _ => null,
    };
}

/// <summary>Runs a suite against mutants: each until the first case that shows it.</summary>
/// <param name="probes">The suite.</param>
/// <param name="threads">How many instructions are looked at in parallel.</param>
public sealed class MutationScore(ImmutableArray<Probe> probes, int threads = 2)
{
    /// <summary>One result for each mutant, in their order.</summary>
    /// <param name="mutants">Which.</param>
    /// <param name="progress">Told of every result; by one thread at a time.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public ImmutableArray<MutantResult> Run(
        IReadOnlyList<Mutant> mutants, Action<MutantResult> progress, CancellationToken cancellation)
    {
        var results = new MutantResult[mutants.Count];
        var gate = new Lock();
        var rows = Enumerable.Range(0, mutants.Count).GroupBy(index => mutants[index].Row).ToList();
        Parallel.ForEach(rows, new ParallelOptions { MaxDegreeOfParallelism = threads }, row =>
        {
            List<Probe> likeliest = ProbesOf(row.Key);
            foreach (int index in row)
            {
                if (cancellation.IsCancellationRequested) return;
                MutantResult result = Judge(mutants[index], likeliest);
                results[index] = result;
                lock (gate) progress(result);
            }
        });
        cancellation.ThrowIfCancellationRequested();
        return [.. results];
    }

    /// <summary>Those that execute an instruction: cases about it, and cheap ones, first.</summary>
    private List<Probe> ProbesOf(InstructionDef row) =>
        [.. probes.Where(probe => probe.Rows.Contains(row)).OrderByDescending(probe => probe.IsAbout(row)).ThenBy(probe => probe.Cost)];

    /// <summary>What killed one mutant of an instruction often kills the next: it moves to the front.</summary>
    private static MutantResult Judge(Mutant mutant, List<Probe> likeliest)
    {
        using var target = new MutantTarget(mutant.Name, mutant.CreateHandlers());
        var runner = new ExperimentRunner([target]);
        for (int i = 0; i < likeliest.Count; i++)
        {
            Probe probe = likeliest[i];
            target.InstructionBudget = probe.Budget;
            Experiment experiment = runner.Run(probe.Case);
            if (experiment.Runs[0].Verdict is { Kind: VerdictKind.Crashed } broken)
            {
                return new MutantResult(mutant, Killer: null, IsExecuted: true) { Crash = $"{probe.Case.Name}: {broken.Message}" };
            }

            if (CaseJudge.ForVectors.Judge(experiment)[0].Status != CaseStatus.Failed) continue;
            likeliest.RemoveAt(i);
            likeliest.Insert(0, probe);
            return new MutantResult(mutant, probe.Case.Name, IsExecuted: true);
        }

        return new MutantResult(mutant, Killer: null, likeliest.Count > 0);
    }
}
