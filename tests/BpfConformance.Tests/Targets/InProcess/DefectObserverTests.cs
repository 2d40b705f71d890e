using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>Which defects a case sees: those whose consequences reach what it states.</summary>
[TestFixture]
public sealed class DefectObserverTests
{
    /// <summary>The arguments of strtol, whose text has no number in it.</summary>
    private const string TextOnTheStack = "*(u64 *)(r10 - 8) = 0\nr1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\nr4 = r1\n";

    [TestCase("r0 = 5\nr0 += 2\nexit", "7", "add64-imm", ResultDefect.LowBit, true)]
    [TestCase("r0 = 5\nr0 += 2\nexit", "7", "add64-imm", ResultDefect.TopBit, true)]
    [TestCase("r0 = 5\nr0 += 2\nr0 = 7\nexit", "7", "add64-imm", ResultDefect.LowBit, false, Description = "overwritten")]
    [TestCase("r0 = 5\nr0 += 2\nw0 = w0\nexit", "7", "add64-imm", ResultDefect.TopBit, false, Description = "cut off")]
    [TestCase("r0 = 1\nif r0 == 1 goto +1\nr0 = 2\nexit", "1", "jeq64-imm", ResultDefect.OtherWay, true)]
    [TestCase("r0 = 2\nif r0 == 1 goto +1\nr0 = 3\nexit", "3", "jeq64-imm", ResultDefect.OtherWay, true)]
    [TestCase("r0 = 1\nif r0 == 1 goto +1\nr2 = 2\nexit", "1", "jeq64-imm", ResultDefect.OtherWay, false)]
    [TestCase("r0 = 1\nif r0 == 2 goto +1\ngoto +1\nr0 = 2\nexit", "1", "ja", ResultDefect.Skipped, true)]
    [TestCase("r0 = 1\ngoto +0\nexit", "1", "ja", ResultDefect.Skipped, false)]
    [TestCase("r0 = 0\nloop:\nr0 += 1\nif r0 < 3 goto loop\nexit", "3", "jlt64-imm", ResultDefect.OtherWay, true)]
    [TestCase("r2 = 5\n*(u16 *)(r10 - 8) = r2\nr0 = *(u8 *)(r10 - 8)\nexit", "5", "stx16", ResultDefect.FirstByte, true)]
    [TestCase("r2 = 5\n*(u16 *)(r10 - 8) = r2\nr0 = *(u8 *)(r10 - 8)\nexit", "5", "stx16", ResultDefect.LastByte, false)]
    [TestCase("r6 = 3\ncall 8\nr0 = r6\nexit", "3", "call-helper", ResultDefect.LostRegister, true)]
    [TestCase("r6 = 3\ncall 8\nr0 = 0\nexit", "0", "call-helper", ResultDefect.LostRegister, false)]
    [TestCase("r0 = 3\ncall 8\nr0 = 0\nexit", "0", "call-helper", ResultDefect.LowBit, false, Description = "its value is not looked at")]
    [TestCase(TextOnTheStack + "call 105\nexit", "-22", "call-helper", ResultDefect.LowBit, true)]
    [TestCase(TextOnTheStack + "call 105\nw0 = w0\nexit", "0xffffffea", "call-helper", ResultDefect.TopBit, false)]
    [TestCase(TextOnTheStack + "r5 = 105\ncallx r5\nexit", "-22", "callx", ResultDefect.TopBit, true)]
    [TestCase("r0 = 3\nexit", "3", "exit", ResultDefect.LowBit, true)]
    [TestCase("r0 = 3\nexit", "3", "exit", ResultDefect.LostRegister, false)]
    [TestCase("call function\nexit\nfunction:\nr0 = 3\nexit", "3", "call-local", ResultDefect.Skipped, true)]
    public void IsSeenBy_ACase_IsWhetherTheDefectReachesItsResult(string text, string result, string row, ResultDefect defect, bool expected)
    {
        TestCase test = VectorReader.Read($"-- asm\n{text}\n-- result\n{result}\n", "tiny.vector", "tiny.vector");

        Assert.That(new DefectObserver(InstructionTable.Named(row), defect).IsSeenBy(new CoveringCase(test, 100)), Is.EqualTo(expected));
    }

    [TestCase(ResultDefect.FirstByte, "02000000 -> 2 / 05000000", true)]
    [TestCase(ResultDefect.FirstByte, "02000000 -> 2", false, Description = "memory afterwards is not stated")]
    [TestCase(ResultDefect.LowBit, "02000000 -> 2", true, Description = "the fetched value is r0")]
    public void IsSeenBy_AnAtomic_ShowsMemoryAndFetchedRegisterApart(ResultDefect defect, string run, bool expected)
    {
        TestCase test = VectorReader.Read(
            $"-- asm\nw0 = 3\nw0 = atomic_fetch_add((u32 *)(r1 + 0), w0)\nexit\n-- cases\n{run}\n", "tiny.vector", "tiny.vector");

        Assert.That(new DefectObserver(InstructionTable.Named("atomic-add32-fetch"), defect).IsSeenBy(new CoveringCase(test, 3)), Is.EqualTo(expected));
    }

    [Test]
    public void Defects_OfEveryRow_AreThereUnlessTheReferenceCannotRunIt() =>
        Assert.That(
            InstructionTable.Rows.Where(row => RowDefects.Of(row).IsEmpty).Select(row => row.Name),
            Is.EqualTo(new[] { "call-btf", "addr-space-cast-kern", "addr-space-cast-user" }));
}
