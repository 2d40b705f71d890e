using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Interpreter;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Diagnosis;
using BpfConformance.Mutants.Scoring;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>Machines with one bug, of which the diagnosis is told nothing.</summary>
internal sealed class DiagnosisTests
{
    private const int Seed = 20260713;
    private const int Bugs = 20;

    private static IEnumerable<TestCaseData> Chosen
    {
        get
        {
            var random = new Random(Seed);
            Mutant[] shown = [.. MutantCatalogue.All.Where(mutant => mutant.IsKillable)];
            return Enumerable.Range(0, Bugs).Select(_ => shown[random.Next(shown.Length)]).Select(mutant => new TestCaseData(mutant).SetArgDisplayNames(mutant.Name));
        }
    }

    [TestCaseSource(nameof(Chosen))]
    public void Diagnosis_OfAnUnknownBug_NamesItOrOneThatTheSuiteCannotTellFromIt(Mutant bug)
    {
        // What does not execute the instruction cannot show the bug, but other bugs that it could be taken for.
        ImmutableArray<TestCase> cases = [.. Suite.Own.Where(test => Executes(test, bug))];
        using var target = new MutantTarget("anonymous", bug.CreateHandlers()) { InstructionBudget = 1 << 20 };
        HashSet<TestCase> failed = FailedBy(target, cases);
        Assert.That(failed, Is.Not.Empty, $"seed {Seed}: no case shows {bug}");

        KnownBugs said = new TargetDiagnosis(target, TimeSpan.FromSeconds(30), (_, _) => { })
            .Find(failed, Suite.Own.Where(test => !failed.Contains(test)), CancellationToken.None);

        Assert.That(said.IsOneBug, $"seed {Seed}: {bug}: {said}");
        Mutant found = said.Bugs[0].Mutant;
        Assert.That(found == bug || Suite.Own.Where(test => Executes(test, bug) || Executes(test, found)).All(test => AreAlike(test, bug, found)), $"seed {Seed}: {bug}: {said}");
        Assert.That(said.Bugs[0].First, Is.Not.Null);
    }

    [Test]
    public void Diagnosis_OfAShiftThatIsWrongInEveryEncoding_NamesEach()
    {
        string[] bugs = ["arsh32-imm/does-rsh", "arsh32-reg/does-rsh", "arsh64-imm/does-rsh", "arsh64-reg/does-rsh"];
        Mutant[] mutants = [.. MutantCatalogue.All.Where(mutant => bugs.Contains(mutant.Name))];
        HandlerTable handlers = mutants.Aggregate(HandlerTable.Checked, (table, mutant) => mutant.AddTo(table));
        using var target = new MutantTarget("anonymous", handlers);
        TestCase[] cases = [.. Suite.Own.Where(test => mutants.Any(mutant => Executes(test, mutant)))];
        HashSet<TestCase> failed = FailedBy(target, cases);

        KnownBugs said = new TargetDiagnosis(target, TimeSpan.FromSeconds(30), (_, _) => { })
            .Find(failed, cases.Where(test => !failed.Contains(test)), CancellationToken.None);

        Assert.That(said.Bugs.Select(bug => bug.Mutant.Name), Is.EquivalentTo(bugs), said.ToString());
        Assert.That(said.Explained, Is.GreaterThan(said.Asked * 9 / 10), said.ToString());
        TestContext.Out.WriteLine(said);
    }

    private static HashSet<TestCase> FailedBy(MutantTarget target, IEnumerable<TestCase> cases)
    {
        var runner = new ExperimentRunner([target]);
        return new(cases.Where(test => CaseJudge.ForVectors.Judge(runner.Run(test))[0].Status == CaseStatus.Failed), ReferenceEqualityComparer.Instance);
    }

    private static bool Executes(TestCase test, Mutant mutant) =>
        test is { Contention: null, Expectation.Load: not LoadExpectation.Rejected } && test.Program.Instructions.Any(instruction => mutant.Row.Matches(instruction));

    private static bool AreAlike(TestCase test, Mutant left, Mutant right)
    {
        using var first = new MutantTarget("first", left.CreateHandlers()) { InstructionBudget = 1 << 20 };
        using var second = new MutantTarget("second", right.CreateHandlers()) { InstructionBudget = 1 << 20 };
        var runs = new ExperimentRunner([first, second]).Run(test).Runs;
        var mask = new Mask(Facets.Status | Facets.R0 | Facets.Registers | Facets.Data);
        return runs is not [{ Observations: { } a }, { Observations: { } b }] || Enumerable.Range(0, a.Count).All(run => a.Agrees(run, b, mask));
    }
}
