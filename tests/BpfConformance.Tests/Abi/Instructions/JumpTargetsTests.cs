using BpfConformance.Abi.Instructions;
using NUnit.Framework;

namespace BpfConformance.Tests.Abi.Instructions;

[TestFixture]
public sealed class JumpTargetsTests
{
    [TestCase(0x05, 0, 3, 0, 14, Description = "ja: the offset")]
    [TestCase(0x05, 0, -11, 0, 0)]
    [TestCase(0x06, 0, 0, 70_000, 70_011, Description = "ja32: the immediate")]
    [TestCase(0x1d, 0, -1, 0, 10)]
    [TestCase(0x16, 0, 32767, 5, 32778)]
    [TestCase(0xe5, 0, 2, 0, 13)]
    [TestCase(0x85, 0x10, 0, 7, 18)]
    [TestCase(0x18, 0x40, 0, -4, 7)]
    [TestCase(0x06, 0, 0, int.MaxValue, int.MinValue + 10, Description = "wraps, and so lies outside")]
    public void Of_InstructionAtPc10_CountsFromTheNext(int opcode, int registers, int offset, int immediate, int expected)
    {
        var instruction = new Instruction((byte)opcode, (byte)registers, (short)offset, immediate);
        Assert.That(JumpTargets.Of(instruction, 10), Is.EqualTo(expected));
    }

    [Test]
    public void IsJump_OfTheTable_IsTrueOfJumpsAlone()
    {
        IEnumerable<string> jumps = InstructionTable.Rows
            .Where(row => JumpTargets.IsJump(new Instruction(row.Opcode, 0, 0, 0)))
            .Select(row => row.Name);
        IEnumerable<string> expected = InstructionTable.Rows
            .Select(row => row.Name)
            .Where(name => name is "ja" or "ja32" or "may-goto"
                || (name[0] == 'j' && name.Contains('-', StringComparison.Ordinal)));
        Assert.That(jumps, Is.EquivalentTo(expected).And.Exactly(47).Items);
    }

    [Test]
    public void EndsBlock_OfTheTable_IsTrueOfJaAndExit()
    {
        IEnumerable<string> ends = InstructionTable.Rows
            .Where(row => JumpTargets.EndsBlock(new Instruction(row.Opcode, 0, 0, 0)))
            .Select(row => row.Name);
        Assert.That(ends, Is.EquivalentTo(new[] { "ja", "ja32", "exit" }));
    }

    [TestCase(0x85, 0x00, false, false, Description = "a helper")]
    [TestCase(0x85, 0x10, true, false)]
    [TestCase(0x85, 0x20, false, false, Description = "a kernel function")]
    [TestCase(0x18, 0x00, false, false)]
    [TestCase(0x18, 0x45, false, true)]
    public void FunctionReferences_AreToldBySrc(int opcode, int registers, bool isCall, bool isAddress)
    {
        var instruction = new Instruction((byte)opcode, (byte)registers, 0, 0);
        Assert.That(
            (JumpTargets.IsLocalCall(instruction), JumpTargets.IsCodeAddress(instruction)), Is.EqualTo((isCall, isAddress)));
    }
}
