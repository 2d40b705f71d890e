using BpfConformance.Abi.Instructions;
using NUnit.Framework;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Abi.Instructions;

/// <summary>Eight bytes in either byte order (RFC 9669 section 3.1).</summary>
[TestFixture]
public sealed class InstructionEncodingTests
{
    // The example of section 3: "07 1 0 00 00 11 22 33 44  r1 += 0x11223344 // big", and its little-endian twin.
    [TestCase(ByteOrder.LittleEndian, "0701000044332211")]
    [TestCase(ByteOrder.BigEndian, "0710000011223344")]
    public void Bytes_OfTheExampleInTheRfc_AreAsPrinted(ByteOrder order, string hex)
    {
        var expected = new Instruction(0x07, Register.R1, Register.R0, 0, 0x11223344);
        byte[] bytes = new byte[8];
        expected.Write(bytes, order);
        Assert.That(Convert.ToHexStringLower(bytes), Is.EqualTo(hex));
        Assert.That(Instruction.Read(Convert.FromHexString(hex), order), Is.EqualTo(expected));
    }

    [TestCase(ByteOrder.LittleEndian, "631afcff00000000")]
    [TestCase(ByteOrder.BigEndian, "63a1fffc00000000")]
    public void Bytes_OfAStoreWithANegativeOffset_AreAsLlvmWritesThem(ByteOrder order, string hex)
    {
        Instruction read = Instruction.Read(Convert.FromHexString(hex), order);
        Assert.That(read, Is.EqualTo(new Instruction(0x63, Register.R10, Register.R1, -4, 0)));
        Assert.That((read.Dst, read.Src, read.Class), Is.EqualTo((10, 1, InstructionClass.Stx)));
    }

    [Test]
    public void Fields_OfARegisterByteWithoutRegisters_GoUpToFifteen()
    {
        var instruction = new Instruction(0, 0xfb, 0, 0);
        Assert.That((instruction.Dst, instruction.Src), Is.EqualTo((11, 15)));
    }

    [TestCase(0x18, true)]
    [TestCase(0x00, false)]
    [TestCase(0x79, false)]
    public void IsWide_IsTrueOfOneOpcode(int opcode, bool expected) =>
        Assert.That(new Instruction((byte)opcode, 0, 0, 0).IsWide, Is.EqualTo(expected));

    [Property(MaxTest = 1000)]
    public void ReadThenWrite_AnyBytes_GivesThemBack(ulong bits)
    {
        byte[] bytes = BitConverter.GetBytes(bits);
        foreach (ByteOrder order in Enum.GetValues<ByteOrder>())
        {
            byte[] written = new byte[8];
            Instruction.Read(bytes, order).Write(written, order);
            Assert.That(written, Is.EqualTo(bytes));
        }
    }

    [Property(MaxTest = 1000)]
    public void WriteThenRead_AnyFields_GivesThemBack(byte opcode, byte registers, short offset, int immediate)
    {
        var instruction = new Instruction(opcode, registers, offset, immediate);
        foreach (ByteOrder order in Enum.GetValues<ByteOrder>())
        {
            byte[] bytes = new byte[8];
            instruction.Write(bytes, order);
            Assert.That(Instruction.Read(bytes, order), Is.EqualTo(instruction));
        }
    }
}
