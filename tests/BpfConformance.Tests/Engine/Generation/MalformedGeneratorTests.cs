using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Malformed;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Generation;

[TestFixture]
public sealed class MalformedGeneratorTests
{
    private const ulong Seed = 6;
    private const int Count = 3000;

    private static TestCase Case(MalformedGenerator generator, GeneratorLimits limits, ulong index)
    {
        Entropy entropy = Entropy.OfSeed(Seed, index);
        return generator.Next(ref entropy, limits);
    }

    [Test]
    public void Next_SameSeedAndIndex_IsTheSameProgram()
    {
        var limits = new GeneratorLimits(new FakeTarget("x").Capabilities);
        TestCase one = Case(new MalformedGenerator(), limits, 7);
        TestCase other = Case(new MalformedGenerator(), limits, 7);
        Assert.That((one.Name, one.Program), Is.EqualTo((other.Name, other.Program)));
    }

    [Test]
    public void Next_ManyCases_AreJudgedAlikeByAllEngines()
    {
        IExecutionTarget[] targets = [.. new[] { "reference", "il", "x64" }.Select(name => TargetRegistry.Find(name)!.Create())];
        GeneratorLimits limits = GeneratorLimits.Of([.. targets.Select(target => target.Capabilities)]);
        var generator = new MalformedGenerator();
        var runner = new ExperimentRunner(targets);
        var reasons = new Dictionary<ReasonClass, int>();
        var findings = new List<string>();
        for (ulong index = 0; index < Count; index++)
        {
            TestCase test = Case(generator, limits, index);
            Experiment experiment = runner.Run(test);
            ReasonClass reason = experiment.Runs[0].Verdict.Reason;
            reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            findings.AddRange(CaseJudge.ForPrograms.Judge(experiment).Where(result => result.Status == CaseStatus.Failed).Select(result => $"seed {Seed}, index {index}, {test.Name} on {result.Target}: {result.Reason}"));
        }

        foreach (IExecutionTarget target in targets) target.Dispose();
        Assert.That(findings, Is.Empty);
        Assert.That(Enum.GetValues<ReasonClass>().Where(reason => reason.IsOfEncoding() && !reasons.ContainsKey(reason)), Is.Empty, $"seed {Seed}");
        Assert.That(reasons[ReasonClass.None], Is.LessThan(Count / 5), $"seed {Seed}");
    }
}
