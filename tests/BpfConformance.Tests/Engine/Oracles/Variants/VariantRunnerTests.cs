using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Oracles.Variants;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Oracles.Variants;

[TestFixture]
public sealed class VariantRunnerTests
{
    private static readonly TestCase s_case = VectorReader.Read("-- asm\nr0 = 5\nexit\n-- memory\n00\n-- result\n5\n", "x", "x");

    [Test]
    public void Run_Variants_AreLoadedWithTheirFlagsAndKeepTheirObservations()
    {
        using var target = new FakeTarget("x") { Capabilities = new FakeTarget("x").Capabilities with { HasContexts = true } };
        var runner = new VariantRunner([target], [new FakeTarget("x")]);

        VariantExperiment experiment = runner.Run(s_case, [.. CaseVariants.WithFlags(s_case), CaseVariants.Again(s_case)]);

        Assert.That(
            target.Loads.Select(load => load.Program.Flags),
            Is.EqualTo(new[] { ProgramFlags.None, ProgramFlags.TestRndHi32, ProgramFlags.TestStateFreq, ProgramFlags.TestRegInvariants, ProgramFlags.None }));
        Assert.That(experiment.Variants.Select(each => each.Variant.Name), Is.EqualTo(new[] { "rnd-hi32", "state-freq", "reg-invariants", "again" }));
        Assert.That(experiment.Variants.Select(each => each.Experiment.Runs[0].Observations).Append(experiment.Given.Runs[0].Observations).Distinct().Count(), Is.EqualTo(5));
    }

    [Test]
    public void Run_SimultaneousVariant_RunsInAnotherThreadOnTheOthers()
    {
        int here = Environment.CurrentManagedThreadId;
        int? there = null;
        using var target = new FakeTarget("x");
        using var other = new FakeTarget("x")
        {
            OnRun = (input, _, into) =>
            {
                there = Environment.CurrentManagedThreadId;
                into[input] = FakeTarget.Returned(0);
            },
        };

        new VariantRunner([target], [other]).Run(s_case, [CaseVariants.Simultaneous(s_case)]);

        Assert.That(there, Is.Not.Null.And.Not.EqualTo(here));
        Assert.That((target.Loads.Count, other.Loads.Count), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Run_TargetThatCountsItsRuns_IsFoundNotToBeDeterministic()
    {
        ulong runs = 0;
        using var target = new FakeTarget("x") { OnRun = (input, _, into) => into[input] = FakeTarget.Returned(runs++) };

        VariantExperiment experiment = new VariantRunner([target], []).Run(s_case, [CaseVariants.Again(s_case)]);

        Assert.That(VariantOracle.Judge(experiment).Single().Oracle, Is.EqualTo("variant again"));
    }

    [Test]
    public void WithFlags_OfACaseThatHasOne_LeavesItOut() =>
        Assert.That(
            CaseVariants.WithFlags(s_case with { Program = s_case.Program with { Flags = ProgramFlags.TestStateFreq } }).Select(variant => variant.Name),
            Is.EqualTo(new[] { "rnd-hi32", "reg-invariants" }));
}
