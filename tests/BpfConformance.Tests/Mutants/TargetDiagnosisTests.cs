using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Diagnosis;
using BpfConformance.Mutants.Scoring;
using NUnit.Framework;

namespace BpfConformance.Tests.Mutants;

internal sealed class TargetDiagnosisTests
{
    private static readonly TestCase s_mod = VectorReader.Read(
        """
        -- asm
        r3 = *(u64 *)(r1 + 0)
        r4 = *(u64 *)(r1 + 8)
        w3 %= w4
        r0 = r3
        exit
        -- cases
        0500000001000000 0000000000000000 -> 0x5
        0000000001000000 0000000000000000 -> 0x0
        0500000001000000 0300000000000000 -> 0x2
        0500000000000000 0300000000000000 -> 0x2
        """,
        "mod32.vector",
        "divmul32/mod32.vector");

    [Test]
    public void Likeness_OfAKnownBug_NamesItAndTheSmallestOperands()
    {
        Likeness found = Diagnose("mod32-reg/keeps-upper-half-for-zero");

        Assert.That(found.Fits, found.ToString());
        Assert.That(found.ToString(), Does.StartWith("anonymous behaves as if mod32-reg kept the upper half of dst when the second operand is 0; first at w3 %= w4, dst = 0x1_0000_0000, src = 0x0 (divmul32/mod32.vector:9)"));
    }

    [Test]
    public void Likeness_OfNoKnownBug_SaysHowCloseTheClosestComes()
    {
        Mutant other = Mutant("mov64-reg/one-more");
        HandlerTable both = Mutant("mod32-reg/keeps-upper-half-for-zero").CreateHandlers().With(other.Row, other.CreateHandlers().MeaningOf(other.Row)!);
        using var target = new MutantTarget("anonymous", both);

        Assert.That(Find(target).ToString(), Does.StartWith("anonymous: no known bug explains all failures; closest, in 2 of 4 runs: as if "));
    }

    [Test]
    public void Likeness_OfATargetThatFailsNothing_IsNone()
    {
        using var target = new MutantTarget("sound", HandlerTable.Checked);

        Assert.That(Find(target).ToString(), Is.EqualTo("sound: no known bug explains the failures: none is of a run that the reference gets right"));
    }

    private static Mutant Mutant(string name) =>
        MutantCatalogue.All.Single(each => each.Name == name);

    private static Likeness Diagnose(string mutant)
    {
        using var target = new MutantTarget("anonymous", Mutant(mutant).CreateHandlers());
        return Find(target);
    }

    private static Likeness Find(IExecutionTarget target) =>
        new TargetDiagnosis(target, TimeSpan.FromMinutes(1), (_, _) => { }).Find([s_mod], [], CancellationToken.None);
}
