using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Jit;
using BpfConformance.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>
/// Every case whose runs all return on the reference, on the compilers in every way to run them. Without checks and without
/// counting nothing else may run: it would touch what it likes, or not end.
/// </summary>
[TestFixture]
internal sealed class JitOptionsTests
{
    private static readonly Dictionary<string, Func<JitOptions, EngineLoader>> s_compilers = new(StringComparer.Ordinal)
    {
        ["il"] = JitLoaders.Il,
        ["x64"] = JitLoaders.X64,
    };

    private static IEnumerable<string> Compilers => s_compilers.Keys;

    [Test, Combinatorial]
    public void Cases_InEveryWayToRun_EndAsOnTheReference(
        [ValueSource(nameof(Compilers))] string compiler, [Values] bool isChecked, [Values] bool isMetered, [Values] bool showsRegisters)
    {
        TargetEntry entry = TargetRegistry.All.Single(each => each.Name == compiler);
        if (entry.WhyUnavailable() is { } reason) Assert.Ignore($"{compiler}: {reason}");
        using IExecutionTarget made = entry.Create();
        using var target = new InProcessTarget(
            compiler, made.Capabilities, s_compilers[compiler](new JitOptions(isChecked, isMetered, showsRegisters)));
        using var reference = new ReferenceTarget();
        var alone = new ExperimentRunner([reference]);
        var both = new ExperimentRunner([reference, target]);
        Facets shown = showsRegisters ? Facets.All : Facets.All & ~Facets.Registers;

        int compared = 0;
        foreach (TestCase test in Suite.Own.Concat(Suite.Older))
        {
            if (test.Contention is not null || !AllReturn(alone.Run(test))) continue;
            Experiment experiment = both.Run(test);
            if (experiment.Runs[1].Observations is not { } seen)
            {
                Assert.Fail($"{test.File}: {experiment.Runs[1].Verdict.Message}");
                return;
            }

            compared += Compare(test, experiment.Runs[0].Observations!, seen, shown); // they all returned
        }

        TestContext.Out.WriteLine($"{compared} runs");
        Assert.That(compared, Is.GreaterThan(9000));
    }

    private static bool AllReturn(Experiment experiment) =>
        experiment.Runs[0].Observations is { } seen
        && Enumerable.Range(0, seen.Count).All(run => seen[run].Status == ExecutionStatus.Returned);

    private static int Compare(TestCase test, ObservationBatch expected, ObservationBatch seen, Facets shown)
    {
        for (int run = 0; run < expected.Count; run++)
        {
            Facets differences = FacetComparer.Differences(expected, run, seen, run, new Mask(shown));
            Assert.That(differences, Is.EqualTo(Facets.None), $"{test.File}, run {run}");
        }

        return expected.Count;
    }
}
