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

    private static readonly TestCase s_shifts = VectorReader.Read(
        """
        -- asm
        r3 = *(u64 *)(r1 + 0)
        r3 s>>= 4
        w4 = w3
        w4 s>>= 4
        r0 = r3
        r0 += r4
        exit
        -- cases
        1000000000000000 -> 0x1
        1f00000000000000 -> 0x1
        00000000000000f0 -> 0xff00000000000000
        000000f000000000 -> 0xff00000
        """,
        "arsh.vector",
        "base64/arsh.vector");

    [Test]
    public void Diagnosis_OfAKnownBug_NamesItAndTheSmallestOperands()
    {
        KnownBugs found = Diagnose([s_mod], "mod32-reg/keeps-upper-half-for-zero");

        Assert.That(found.IsOneBug, found.ToString());
        Assert.That(found.ToString(), Does.StartWith("anonymous behaves as if mod32-reg kept the upper half of dst when the second operand is 0; first at w3 %= w4, dst = 0x1_0000_0000, src = 0x0 (divmul32/mod32.vector:9)"));
    }

    [Test]
    public void Diagnosis_OfBugsThatShowInDifferentPrograms_NamesEach()
    {
        KnownBugs found = Diagnose([s_mod, s_shifts], "mod32-reg/keeps-upper-half-for-zero", "arsh64-imm/rotates");

        Assert.That(found.Bugs.Select(bug => bug.Mutant.Name), Is.EquivalentTo(new[] { "mod32-reg/keeps-upper-half-for-zero", "arsh64-imm/rotates" }));
        Assert.That(found.ToString(), Does.StartWith("anonymous behaves as if it had 2 known bugs, which fully explain 2 of 2 tried programs (2 failed):\n  in 1 failing program as if "));
    }

    [Test]
    public void Diagnosis_OfTwoBugsInOneRun_NamesTheOneThatShowsAlone()
    {
        KnownBugs found = Diagnose([s_mod], "mod32-reg/keeps-upper-half-for-zero", "mov64-reg/one-more");

        Assert.That(found.ToString(), Does.StartWith("anonymous behaves as if it had 1 known bug, which fully explains 0 of 1 tried program (1 failed):\n  in 1 failing program as if mov64-reg "));
    }

    [Test]
    public void Diagnosis_OfOneProgramWithManyRuns_CountsOneProgram()
    {
        TestCase test = VectorReader.Read(
            "-- asm\nr3 = *(u64 *)(r1 + 0)\nr3 s>>= 4\nr0 = r3\nexit\n-- cases\n"
            + string.Concat(Enumerable.Range(0, 90).Select(n => $"{n:x2}000000000000{(n % 2 == 0 ? "00" : "f0")} -> 0x{(n % 2 == 0 ? n >> 4 : 0xff00000000000000 | (uint)(n >> 4)):x}\n")),
            "arsh.vector",
            "base64/arsh.vector");

        KnownBugs found = Diagnose([test], "arsh64-imm/does-rsh");

        Assert.That((found.IsOneBug, found.Asked, found.Bugs[0].Programs), Is.EqualTo((true, 1, 1)), found.ToString());
    }

    [Test]
    public void Diagnosis_ThatIsInterrupted_AsksNothing()
    {
        int asked = 0;
        using var target = new MutantTarget("sound", HandlerTable.Checked);

        KnownBugs found = new TargetDiagnosis(target, TimeSpan.FromMinutes(1), (_, _) => asked++).Find([s_mod], [], new CancellationToken(canceled: true));

        Assert.That((found.ToString(), asked), Is.EqualTo(("sound: not diagnosed: there was no time to ask it again", 0)));
    }

    [Test]
    public void Diagnosis_OfATargetThatFailsNothing_HasNone()
    {
        using var target = new MutantTarget("sound", HandlerTable.Checked);

        Assert.That(Find(target, [s_mod]).ToString(), Is.EqualTo("sound: no known bug explains the failures: asked again, no run of it went wrong"));
    }

    private static KnownBugs Diagnose(TestCase[] failed, params string[] bugs)
    {
        HandlerTable handlers = bugs
            .Select(name => MutantCatalogue.All.Single(each => each.Name == name))
            .Aggregate(HandlerTable.Checked, (table, mutant) => mutant.AddTo(table));
        using var target = new MutantTarget("anonymous", handlers);
        return Find(target, failed);
    }

    private static KnownBugs Find(IExecutionTarget target, TestCase[] failed) =>
        new TargetDiagnosis(target, TimeSpan.FromMinutes(1), (_, _) => { }).Find(failed, [], CancellationToken.None);
}
