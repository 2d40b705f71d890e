using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.SeededBugs.Defects;
using BpfConformance.Targets;
using BpfConformance.Targets.InProcess;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary>
/// Hunts many bugs with the programs of one seed, from nothing. Each engine sees the same programs as if it were alone, and is charged for making them, too; only
/// that they are made once for all saves time.
/// </summary>
internal static class Hunt
{
    public static ImmutableArray<HuntResult> Run(HuntMethod method, IEnumerable<DefectiveEngine> engines, HuntLimits limits, ulong seed)
    {
        ImmutableArray<IProgramGenerator> generators = method.CreateGenerators();
        using var reference = new BudgetedTarget(new ReferenceTarget());
        var runner = new ExperimentRunner([reference]);
        GeneratorLimits common = Common();
        List<Quarry> left = [.. engines.Select(engine => new Quarry(engine))];
        var results = ImmutableArray.CreateBuilder<HuntResult>();
        var clock = new HuntClock(isElsewhere: false);
        for (int index = 0; left.Count > 0; index++)
        {
            clock.Start();
            IProgramGenerator generator = generators[index % generators.Length];
            var entropy = Entropy.OfSeed(seed, (ulong)index);
            TestCase test = generator.Next(ref entropy, common);
            TargetRun expected = runner.Run(test).Runs[0];
            TimeSpan shared = clock.Elapsed;
            left.RemoveAll(quarry =>
            {
                HuntCatch? found = quarry.Try(test, expected, shared) is { } finding ? new HuntCatch(generator.Name, finding.Oracle, $"{finding.Facet}") : null;
                if (found is null && quarry.Programs < limits.Programs && quarry.Time < limits.Time) return false;
                results.Add(quarry.End(seed, found));
                quarry.Dispose();
                return true;
            });
        }

        return results.ToImmutable();
    }

    private static GeneratorLimits Common()
    {
        IExecutionTarget[] engines = [.. new[] { "reference", "il", "x64" }.Select(name => TargetRegistry.Find(name)!.Create())]; // names of the registry
        var common = GeneratorLimits.Of([.. engines.Select(engine => engine.Capabilities)]);
        foreach (IExecutionTarget engine in engines) engine.Dispose();
        return common;
    }
}
