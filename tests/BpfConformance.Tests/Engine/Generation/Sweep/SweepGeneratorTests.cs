using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Sweep;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine.Generation.Sweep;

[TestFixture]
public sealed class SweepGeneratorTests
{
    /// <summary>Cases of each form, evenly over all that it has.</summary>
    private const int Sample = 6;

    [Test]
    public void Count_OfAllForms_IsThatOfTheirFields() => Assert.That(SweepGenerator.Count, Is.EqualTo(55030));

    [TestCase(0, "sweep/add32-imm-0-0-0-0-0", 24)]
    [TestCase(191, "sweep/add32-reg-1-0-0-0-0", 576)]
    [TestCase(55029, "sweep/callx-10-0-0-0-0", 24)]
    public void Case_AtAnIndex_IsAlwaysTheSame(int index, string name, int inputs)
    {
        TestCase test = SweepGenerator.Case(index);
        Assert.That((test.Name, test.Inputs.Length), Is.EqualTo((name, inputs)));
    }

    [Test]
    public void Of_EveryForm_HasCasesWithItAndTheyAreWellFormed()
    {
        foreach (InstructionDef row in InstructionTable.Rows)
        {
            TestCase test = SweepGenerator.Case(SweepGenerator.Of(row.Index).Start.Value);
            Assert.That(ProgramValidator.Validate(test.Program), Is.Null, test.Name);
            Assert.That(test.Program.Instructions.Any(slot => InstructionTable.Find(slot) == row), Is.True, test.Name);
        }
    }

    [Test]
    public void Case_SamplesOfEveryForm_AreTheSameOnAllEngines()
    {
        IExecutionTarget[] targets = [.. new[] { "reference", "il", "x64" }.Select(name => TargetRegistry.Find(name)!.Create())];
        var runner = new ExperimentRunner(targets);
        var returning = new HashSet<int>();
        var findings = new List<string>();
        foreach (InstructionDef row in InstructionTable.Rows)
        {
            (int first, int count) = SweepGenerator.Of(row.Index).GetOffsetAndLength(SweepGenerator.Count);
            for (int i = 0; i < Math.Min(count, Sample); i++)
            {
                TestCase test = SweepGenerator.Case(first + (int)((long)i * count / Math.Min(count, Sample)));
                var experiment = runner.Run(test);
                findings.AddRange(CaseJudge.ForPrograms.Judge(experiment).Where(result => result.Status == CaseStatus.Failed).Select(result => $"{test.Name} on {result.Target}: {result.Reason}"));
                if (experiment.Runs.All(run => run.Observations?[0].Status == ExecutionStatus.Returned)) returning.Add(row.Index);
            }
        }

        foreach (IExecutionTarget target in targets) target.Dispose();
        string[] silent = [.. InstructionTable.Rows.Where(row => !returning.Contains(row.Index)).Select(row => row.Name)];
        Assert.That(findings, Is.Empty);
        Assert.That(silent, Is.EqualTo(new[] { "call-btf", "lddw-var", "addr-space-cast-kern", "addr-space-cast-user", "callx" }));
    }

    [Test]
    public void Next_WithinLimits_HasNothingElse()
    {
        TargetCapabilities few = new FakeTarget("x").Capabilities with { Groups = [ConformanceGroup.Base32, ConformanceGroup.Base64], Cpu = CpuVersion.V2, Types = [ProgramType.Unspecified] };
        var limits = new GeneratorLimits(few);
        var generator = new SweepGenerator();
        for (ulong index = 0; index < 200; index++)
        {
            Entropy entropy = Entropy.OfSeed(5, index);
            TestCase test = generator.Next(ref entropy, limits);
            Assert.That(few.Lacks(test), Is.Null, $"seed 5, index {index}: {test.Name}");
        }
    }
}
