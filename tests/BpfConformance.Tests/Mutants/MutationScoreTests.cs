using System.Collections.Immutable;
using BpfConformance.Cli;
using BpfConformance.Engine.Cases;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Reporting;
using NUnit.Framework;

namespace BpfConformance.Tests.Mutants;

internal sealed class MutationScoreTests
{
    private const string Divide = """
        -- asm
        r3 = *(u64 *)(r1 + 0)
        r4 = *(u64 *)(r1 + 8)
        w3 /= w4
        r0 = r3
        exit
        -- cases

        """;

    private const string Clean = "0700000000000000 0200000000000000 -> 0x3\n";
    private const string Dirty = "0700000001000000 0200000000000000 -> 0x3\n";
    private const string OnlyUpperHalf = "0700000000000000 0000000001000000 -> 0x0\n";

    [TestCase(Clean, "div32-reg/does-mul", true)]
    [TestCase(Clean, "div32-reg/takes-64-bit-operands", false)]
    [TestCase(Dirty, "div32-reg/takes-64-bit-operands", true)]
    [TestCase(Dirty, "div32-reg/checks-64-bit-divisor", false)]
    [TestCase(OnlyUpperHalf, "div32-reg/checks-64-bit-divisor", true)]
    [TestCase(OnlyUpperHalf, "div32-reg/gives-ones-by-zero", true)]
    public void Mutant_OfADivision_IsKilledByTheOperandsThatShowIt(string run, string mutant, bool isKilled) =>
        Assert.That(Score(Divide + run, mutant).IsKilled, Is.EqualTo(isKilled));

    [Test]
    public void Mutant_WhichIsEquivalent_Survives()
    {
        MutantResult result = Score(Divide.Replace("/=", "+=") + Dirty.Replace("0x3", "0x9"), "add32-reg/takes-64-bit-operands");

        Assert.That(result.Mutant.Equivalence, Is.EqualTo("The low half of the result depends only on the low halves of the operands."));
        Assert.That(result, Is.EqualTo(result with { Killer = null, IsExecuted = true }));
        Assert.That(result.IsWrong, Is.False);
    }

    [Test]
    public void Mutant_WhoseInstructionIsNotExecuted_SurvivesAndSaysSo() =>
        Assert.That(Score(Divide + Clean, "mul64-reg/does-add"), Has.Property(nameof(MutantResult.IsExecuted)).False.And.Property(nameof(MutantResult.IsWrong)).True);

    [Test]
    public void EquivalentMutant_WhoseInstructionIsNotExecuted_IsWrong() =>
        Assert.That(Score(Divide + Clean, "le64/unchanged"), Has.Property(nameof(MutantResult.IsKilled)).False.And.Property(nameof(MutantResult.IsWrong)).True);

    [Test]
    public void Crash_OfTheMachine_IsWrongAndNoKill()
    {
        MutantResult result = Score(Divide + Clean, "div32-reg/does-mul") with { Killer = null, Crash = "test.vector: broken" };

        Assert.That(result.IsWrong);
        Assert.That(result.Problem, Is.EqualTo("broke the machine in test.vector: broken"));
    }

    [Test]
    public void Mutant_ThatOnlyAnAddressShows_IsCountedApart()
    {
        MutantResult result = Score("-- asm\nr0 = 1\nr0 |= r1\nr0 = 1\nexit\n-- result\n1\n", "or64-reg/src-r10-is-r1");

        Assert.That(result.IsWrong, Is.False);
        Assert.That(
            SuiteScores.Of("suite", [result]).Counts,
            Is.EqualTo(new ScoreCounts(Killed: 0, Survived: 0, Equivalent: 0, NotComparable: 1)));
    }

    [Test]
    public void Case_WhichTheReferenceDoesNotPass_IsNotAsked() =>
        Assert.That(Probes(Divide + Clean.Replace("0x3", "0x4")), Is.Empty);

    [Test]
    public void EveryJumpMutant_OnJumpsOverWideInstructionsAndTheEnd_LeavesTheProcessAlive()
    {
        ImmutableArray<Probe> probes = Probes(
            """
            -- asm
            r0 = 0
            call there
            goto over
            r0 = 0x123456789 ll
            exit
            over:
            if r0 != 7 goto -4
            if w0 s> 6 goto +2
            r0 = 0x1ffffffff ll
            exit
            there:
            r0 = 7
            exit
            -- result
            7
            """);
        ImmutableArray<Mutant> wild = [.. MutantCatalogue.All.Where(mutant => mutant.Class is MutantClass.JumpTarget or MutantClass.Frame or MutantClass.Exit)];

        ImmutableArray<MutantResult> results = new MutationScore(probes).Run(wild, _ => { }, CancellationToken.None);

        Assert.That(results, Has.Length.EqualTo(wild.Length));
        Assert.That(results.Count(result => result.IsKilled), Is.GreaterThan(20));
    }

    [Test]
    public void Run_ThatIsCancelled_GivesNoResults() =>
        Assert.That(
            () => new MutationScore(Probes(Divide + Clean)).Run(MutantCatalogue.All, _ => { }, new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Portions_OfACaseWithManyRuns_GrowAndHoldAll()
    {
        ImmutableArray<Probe> probes = Probes(Divide + string.Concat(Enumerable.Repeat(Clean, 100)));

        Assert.That(probes.Select(probe => probe.Case.Inputs.Length), Is.EqualTo(new[] { 16, 64, 20 }));
    }

    private static MutantResult Score(string vector, string mutant) =>
        new MutationScore(Probes(vector)).Run([MutantCatalogue.All.Single(each => each.Name == mutant)], _ => { }, CancellationToken.None).Single();

    private static ImmutableArray<Probe> Probes(string vector) =>
        ProbeSet.Of([VectorReader.Read(vector, "test.vector", "test.vector")], CancellationToken.None);
}
