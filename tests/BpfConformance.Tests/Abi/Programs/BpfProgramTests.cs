using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using NUnit.Framework;

namespace BpfConformance.Tests.Abi.Programs;

[TestFixture]
public sealed class BpfProgramTests
{
    [TestCase(1, "x.bin: 1 bytes of bytecode, expected a multiple of 8")]
    [TestCase(7, "x.bin: 7 bytes of bytecode, expected a multiple of 8")]
    [TestCase(12, "x.bin: 12 bytes of bytecode, expected a multiple of 8")]
    [TestCase(8_000_008, "x.bin: 1000001 instructions, expected at most 1000000")]
    public void FromBytes_WrongLength_SaysWhatWasFoundAndExpected(int length, string message) =>
        Assert.That(
            () => BpfProgram.FromBytes(new byte[length], source: "x.bin"),
            Throws.TypeOf<BpfFormatException>().With.Message.EqualTo(message));

    [Test]
    public void FromBytes_TheLongestProgram_IsRead() =>
        Assert.That(BpfProgram.FromBytes(new byte[8_000_000]).Instructions, Has.Length.EqualTo(1_000_000));

    [Test]
    public void FromBytes_Nothing_IsAnEmptyProgram() => Assert.That(BpfProgram.FromBytes([]).Instructions, Is.Empty);

    [Test]
    public void FromBytes_BothByteOrders_AreTheSameProgram()
    {
        byte[] little = Convert.FromHexString("b700000001000000" + "9500000000000000" + "631afcff00000000");
        byte[] big = Convert.FromHexString("b700000000000001" + "9500000000000000" + "63a1fffc00000000");
        var program = BpfProgram.FromBytes(little);
        Assert.That(BpfProgram.FromBytes(big, ByteOrder.BigEndian), Is.EqualTo(program));
        Assert.That(program.ToBytes(), Is.EqualTo(little));
        Assert.That(program.ToBytes(ByteOrder.BigEndian), Is.EqualTo(big));
    }

    [Test]
    public void Equality_IsOfSlotsAndType()
    {
        byte[] bytes = Convert.FromHexString("b7000000010000009500000000000000");
        var program = BpfProgram.FromBytes(bytes);
        var same = BpfProgram.FromBytes(bytes);
        Assert.That(same, Is.EqualTo(program));
        Assert.That(same.GetHashCode(), Is.EqualTo(program.GetHashCode()));
        Assert.That(BpfProgram.FromBytes(bytes, type: ProgramType.Xdp), Is.Not.EqualTo(program));
        Assert.That(BpfProgram.FromBytes(bytes.AsSpan(0, 8)), Is.Not.EqualTo(program));
        Assert.That(program.Equals(null), Is.False);
    }
}
