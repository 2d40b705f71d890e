using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>Counts of small programs, by hand.</summary>
[TestFixture]
public sealed class CoverageMeasurerTests
{
    [Test]
    public void Add_Arithmetic_CountsCasesExecutionsAndOperandPairs()
    {
        RowCoverage add = Measure("add64-reg", Cases("r3 = *(u8 *)(r1 + 0)\nr4 = *(u8 *)(r1 + 1)\nr3 += r4\nr0 = r3\nexit", "0102", "0102", "0201"));

        Assert.That((add.Cases, add.RefusedCases, add.Executions), Is.EqualTo((1, 0, 3L)));
        Assert.That(add.OperandPairs, Is.EqualTo(2));
        Assert.That(add.IsThin, Is.True);
        Assert.That(add.Registers, Is.EqualTo(new RegisterCoverage(1, 100, 0)));
        Assert.That((add.Offsets, add.Distances, add.Immediates, add.Ways), Is.EqualTo((default(ClassCoverage), default(ClassCoverage), default(ClassCoverage), default((long, long)?))));
    }

    [Test]
    public void Add_TwoCasesWithTheRow_AreTwoCases()
    {
        RowCoverage mov = Measure("mov64-imm", Returns("r0 = 1\nr2 = -1\nexit"), Returns("r0 = 5\nexit"));

        Assert.That((mov.Cases, mov.Executions, mov.OperandPairs), Is.EqualTo((2, 3L, (int?)3)));
        Assert.That(mov.Registers, Is.EqualTo(new RegisterCoverage(2, 10, 0)));
        Assert.That(Hit(mov.Immediates), Is.EqualTo(new[] { "1", "−1" }));
    }

    [Test]
    public void Add_RegisterPairs_CountEachOnceAndThoseWithR10Apart()
    {
        RowCoverage mov = Measure("mov64-reg", Returns("r0 = 1\nr2 = r0\nr2 = r0\nr3 = r2\nr4 = r10\nr4 = r4\nexit"));

        Assert.That(mov.Registers, Is.EqualTo(new RegisterCoverage(3, 100, 1)));
    }

    [Test]
    public void Add_MemoryAccess_CountsOffsetsAndValues()
    {
        TestCase test = Returns("r0 = 7\n*(u16 *)(r10 - 8) = r0\n*(u16 *)(r10 - 200) = r0\nr0 = 65543\n*(u16 *)(r10 - 2) = r0\nr2 = *(u8 *)(r10 - 8)\nexit");
        RowCoverage store = Measure("stx16", test);
        RowCoverage load = Measure("ldx8", test);

        // 65543 is 7 in 16 bits: the same value stored.
        Assert.That((store.OperandPairs, store.Executions), Is.EqualTo(((int?)1, 3L)));
        Assert.That(Hit(store.Offsets), Is.EqualTo(new[] { "−1…−7", "−8…−126", "−130…−4094" }));
        Assert.That(store.Registers, Is.EqualTo(new RegisterCoverage(0, 100, 1)));
        Assert.That((load.OperandPairs, load.Executions), Is.EqualTo(((int?)1, 1L)));
    }

    [Test]
    public void Add_Load_ValueAndOffsetMakeThePair()
    {
        RowCoverage load = Measure("ldx8", Cases("r0 = *(u8 *)(r1 + 0)\nr0 = *(u8 *)(r1 + 1)\nexit", "0505", "0506"));

        Assert.That(load.OperandPairs, Is.EqualTo(3));
    }

    [Test]
    public void Add_Atomic_MemoryAndSrcMakeThePairAndR0OfCmpxchg()
    {
        const string Text = "r0 = *(u8 *)(r1 + 1)\nr3 = *(u8 *)(r1 + 2)\nr4 = *(u8 *)(r1 + 0)\n*(u32 *)(r10 - 4) = r4\n";
        string[] data = ["010203", "010203", "010303", "020303"];

        Assert.That(Measure("atomic-add32", Cases($"{Text}lock *(u32 *)(r10 - 4) += r3\nexit", data)).OperandPairs, Is.EqualTo(2));
        Assert.That(Measure("atomic-cmpxchg32", Cases($"{Text}w0 = cmpxchg32_32(r10 - 4, w0, w3)\nexit", data)).OperandPairs, Is.EqualTo(3));
    }

    [Test]
    public void Add_ConditionalJump_CountsWaysAndOnlyDistancesThatItJumped()
    {
        string over = string.Concat(Enumerable.Repeat("r2 = 0\n", 8));
        RowCoverage jump = Measure(
            "jgt64-imm",
            Cases($"r0 = *(u8 *)(r1 + 0)\nif r0 > 5 goto +1\nr0 = 0\nif r0 > 200 goto +9\nif r0 > 1 goto +0\n{over}exit", "00", "06", "07"));

        Assert.That(jump.Executions, Is.EqualTo(9));
        Assert.That(jump.Ways, Is.EqualTo(((long, long)?)(2, 4)));
        Assert.That(Hit(jump.Distances), Is.EqualTo(new[] { "0", "1…7" }));
    }

    [Test]
    public void Add_DirectJumps_CountTheirDistances()
    {
        TestCase test = Returns("r0 = 0\ngoto +2\nr0 = 1\nexit\ngotol -3");

        Assert.That(Hit(Measure("ja", test).Distances), Is.EqualTo(new[] { "1…7" }));
        Assert.That(Hit(Measure("ja32", test).Distances), Is.EqualTo(new[] { "−2…−7" }));
        Assert.That(Measure("ja", test).OperandPairs, Is.Null);
        Assert.That(Measure("ja", test).IsThin, Is.False);
    }

    [Test]
    public void Add_InstructionThatFaults_IsExecutedAndShowsNothingElse()
    {
        RowCoverage load = Measure("ldx8", Vector("-- asm\nr0 = *(u8 *)(r10 + 0)\nexit\n-- faults\n"));

        Assert.That((load.Cases, load.Executions, load.OperandPairs), Is.EqualTo((1, 1L, (int?)0)));
        Assert.That(load.Registers, Is.EqualTo(new RegisterCoverage(0, 100, 0)));
        Assert.That(Hit(load.Offsets), Is.Empty);
    }

    [Test]
    public void Add_ProgramThatIsRefused_IsCountedApart()
    {
        RowCoverage mov = Measure("mov64-imm", Vector("-- asm\nr0 = 1\nr0 = 2\nr10 = 3\nexit\n-- malformed\nReadOnlyRegister\n"));

        Assert.That((mov.Cases, mov.RefusedCases, mov.Executions, mov.IsCovered), Is.EqualTo((0, 1, 0L, false)));
    }

    [Test]
    public void Add_EndlessLoop_IsFollowedForAWhile()
    {
        RowCoverage jump = Measure("ja", Vector("-- asm\ngoto -1\n-- faults\nbudget\n"));

        Assert.That(jump.Executions, Is.EqualTo(65536));
        Assert.That(Hit(jump.Distances), Is.EqualTo(new[] { "−1" }));
    }

    [Test]
    public void CasesOf_ARow_AreThoseThatExecuteItWithTheirLongestRun()
    {
        var measurer = new CoverageMeasurer();
        TestCase test = Cases("r0 = *(u8 *)(r1 + 0)\nif r0 > 5 goto +1\nr0 = 0\nexit", "06", "00");
        measurer.Add(Returns("r0 = 1\nexit"));
        measurer.Add(test);

        Assert.That(measurer.CasesOf(InstructionTable.Named("ldx8")), Is.EqualTo(new[] { new CoveringCase(test, 4) }));
    }

    private static string[] Hit(ClassCoverage? classes) =>
        [.. classes!.Classes.All.Except(classes.Missing).Select(each => each.ToString())];

    private static RowCoverage Measure(string row, params TestCase[] cases)
    {
        var measurer = new CoverageMeasurer();
        foreach (TestCase test in cases) measurer.Add(test);
        return measurer.Rows.Single(each => each.Row.Name == row);
    }

    private static TestCase Returns(string text) => Vector($"-- asm\n{text}\n-- result\n0\n");

    private static TestCase Cases(string text, params string[] data) =>
        Vector($"-- asm\n{text}\n-- cases\n{string.Concat(data.Select(hex => $"{hex} -> 0\n"))}");

    private static TestCase Vector(string text) => VectorReader.Read(text, "tiny.vector", "tiny.vector");
}
