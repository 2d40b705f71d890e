using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Oracles.Metamorphic;
using BpfConformance.Engine.Oracles.Variants;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Oracles.Metamorphic;

[TestFixture]
public sealed class RewritesTests
{
    [Test]
    public void All()
    {
        CaseSet set = CaseLoader.Load([Repository.PathOf("conformance")]);
        IExecutionTarget[] targets = [.. new[] { "reference", "x64" }.Select(name => TargetRegistry.Find(name)!.Create())];
        var runner = new VariantRunner(targets, targets);
        var counts = new Dictionary<string, int>();
        var lines = new List<string>();
        int n = 0;
        foreach (TestCase test in set.Cases.Where(test => test.Member.Length == 0))
        {
            if (test.Expectation.Load == LoadExpectation.Rejected || test.Program.Instructions.Length > 500 || test.Contention is not null || test.HasNetwork) continue;
            n++;
            Variant[] variants = [.. Rewrites.VariantsOf(test, Entropy.OfSeed(7, (ulong)n)), .. CaseVariants.WithFlags(test), CaseVariants.Again(test)];
            foreach (Variant v in variants) counts[v.Name] = counts.GetValueOrDefault(v.Name) + 1;
            VariantExperiment experiment = runner.Run(test, [.. variants]);
            foreach (Finding f in VariantOracle.Judge(experiment).Take(1)) lines.Add($"{test.Name}: {f}");
        }
        foreach ((string k, int v) in counts) TestContext.Out.WriteLine($"{k} {v} of {n}");
        foreach (string line in lines.Take(100)) TestContext.Out.WriteLine(line);
        Assert.That(lines, Is.Empty);
    }
}
