using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Malformed;
using BpfConformance.Engine.Generation.Mutation;
using BpfConformance.Engine.Generation.Sweep;
using BpfConformance.Engine.Generation.Valid;
using BpfConformance.Engine.Targets;
using BpfConformance.NUnit;
using BpfConformance.Targets;
using BpfConformance.Tests.Engine;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace BpfConformance.Tests.NUnit;

/// <summary>Generated cases as properties: our engines are one.</summary>
[TestFixture]
public sealed class AgreementTests
{
    private static IProgramGenerator[] Generators { get; } = [new ValidGenerator(), new MutateGenerator(new ValidGenerator()), new SweepGenerator(), new MalformedGenerator()];

    [TestCaseSource(nameof(Generators))]
    public void Cases_OfAProfile_AreTheSameOnAllEngines(IProgramGenerator generator)
    {
        IExecutionTarget[] targets = [.. new[] { "reference", "il", "x64" }.Select(name => TargetRegistry.Find(name)!.Create())];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(40), new Agreement(targets).On(generator));
        foreach (IExecutionTarget target in targets) target.Dispose();
    }

    [Test]
    public void On_TargetThatDiffers_FailsWithASmallerCase()
    {
        IExecutionTarget[] targets = [FakeTarget.Returning("reference", 5), FakeTarget.Returning("other", 6)];

        Exception? failure = Assert.Catch(() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(3), new Agreement(targets).On(new ValidGenerator())));

        Assert.That(failure!.Message, Does.Contain("on other: expected returned 0x5").Or.Contain("r0 = 0x5 (as reference)").And.Contain("input").And.Contain("shrink"));
    }

    [Test]
    public void Of_ACase_IsShrunkByThePassesOfReduction()
    {
        Arbitrary<TestCase> cases = CaseArbitrary.Of(new ValidGenerator(), new GeneratorLimits(new FakeTarget("x").Capabilities));
        TestCase test = cases.Generator.Sample(10).First();

        TestCase[] smaller = [.. cases.Shrinker(test)];
        Assert.That(smaller.Any(each => each.Inputs.Length < test.Inputs.Length), Is.True);
        Assert.That(smaller.Any(each => each.Program.Instructions.Length < test.Program.Instructions.Length), Is.True);
    }
}
