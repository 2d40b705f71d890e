using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles.Variants;

/// <summary>Gives a case and its variants to every target. One thread at a time.</summary>
/// <param name="targets">The reference, when it takes part, first. They stay the caller's to dispose.</param>
/// <param name="others">The same targets again, for what runs at the same time.</param>
/// <param name="asking">As of <see cref="ExperimentRunner.Asking"/>; of what runs at the same time nothing is told.</param>
public sealed class VariantRunner(IReadOnlyList<IExecutionTarget> targets, IReadOnlyList<IExecutionTarget> others, Action<string?>? asking = null)
{
    private readonly ExperimentRunner _given = new(targets) { Asking = asking };
    private readonly Dictionary<(int Index, bool IsSimultaneous), ExperimentRunner> _runners = []; // for each variant one: what it has seen stays until the next case

    /// <summary>The observations are valid until the next call.</summary>
    public VariantExperiment Run(TestCase test, ImmutableArray<Variant> variants)
    {
        ExperimentRunner[] runners = [.. variants.Select(RunnerOf)];
        var experiments = new Experiment[variants.Length];
        Task beside = Task.Run(() => RunAll(isSimultaneous: true));
        Experiment given = _given.Run(test);
        beside.GetAwaiter().GetResult();
        RunAll(isSimultaneous: false);
        return new VariantExperiment(given, [.. variants.Zip(experiments)]);

        void RunAll(bool isSimultaneous)
        {
            for (int i = 0; i < variants.Length; i++)
            {
                if (variants[i].IsSimultaneous == isSimultaneous) experiments[i] = runners[i].Run(variants[i].Case);
            }
        }
    }

    private ExperimentRunner RunnerOf(Variant variant, int index)
    {
        if (_runners.TryGetValue((index, variant.IsSimultaneous), out ExperimentRunner? runner)) return runner;
        return _runners[(index, variant.IsSimultaneous)] = variant.IsSimultaneous ? new ExperimentRunner(others) : new ExperimentRunner(targets) { Asking = asking };
    }
}
