using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>Runs and judges many cases, as many at a time as there are processors: each worker has targets of its own.</summary>
/// <param name="create">Makes a worker's targets, the reference, when it takes part, first; the runner disposes them.</param>
/// <param name="judge">Says what became of a case; called by several workers at once.</param>
public sealed class SuiteRunner(
    Func<IReadOnlyList<IExecutionTarget>> create, Func<Experiment, ImmutableArray<CaseResult>> judge)
{
    /// <summary>More would wait for each other in the kernel, and for memory.</summary>
    private const int MaxWorkers = 8;

    /// <summary>The results of each case in the order of the cases; of those that were done when the run was cancelled.</summary>
    /// <param name="cases">What to run.</param>
    /// <param name="done">Called after each case with its results, one call at a time, in no particular order.</param>
    /// <param name="cancellation">Ends the run before the next case.</param>
    public ImmutableArray<ImmutableArray<CaseResult>> Run(
        ImmutableArray<TestCase> cases, Action<ImmutableArray<CaseResult>> done, CancellationToken cancellation)
    {
        var results = new ImmutableArray<CaseResult>[cases.Length];
        ILookup<bool, int> byContention = Enumerable.Range(0, cases.Length).ToLookup(i => cases[i].Contention is not null);
        Work([.. byContention[false]], MaxWorkers);
        Work([.. byContention[true]], workers: 1); // its threads want the processors for themselves
        return [.. results.Where(result => !result.IsDefault)];

        void Work(int[] indices, int workers)
        {
            workers = Math.Min(workers, Math.Min(Environment.ProcessorCount, indices.Length));
            int next = -1;
            Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkOff, CancellationToken.None))).GetAwaiter().GetResult();

            void WorkOff()
            {
                IReadOnlyList<IExecutionTarget> targets = create();
                try
                {
                    var runner = new CaseRunner(targets, judge);
                    for (int i; (i = Interlocked.Increment(ref next)) < indices.Length && !cancellation.IsCancellationRequested;)
                    {
                        int index = indices[i];
                        results[index] = runner.Run(cases[index]);
                        lock (results) done(results[index]);
                    }
                }
                finally
                {
                    foreach (IExecutionTarget target in targets) target.Dispose();
                }
            }
        }
    }
}
