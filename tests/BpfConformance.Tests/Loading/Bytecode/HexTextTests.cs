using BpfConformance.Abi;
using BpfConformance.Loading.Bytecode;
using FsCheck;
using NUnit.Framework;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Loading.Bytecode;

[TestFixture]
public sealed class HexTextTests
{
    [TestCase("", new byte[0])]
    [TestCase("b7000000 2A00\n95 00\t00\r\n", new byte[] { 0xb7, 0, 0, 0, 0x2a, 0, 0x95, 0, 0 })]
    [TestCase("0x01 0x02ff # 03\n# 04\n05#06", new byte[] { 1, 2, 0xff, 5 })]
    public void Parse_GoodText_IsItsBytes(string text, byte[] bytes) => Assert.That(HexText.Parse(text), Is.EqualTo(bytes));

    [TestCase("00\n 0a b", "f.hex:4:5: found 1 hexadecimal digits, expected two for each byte")]
    [TestCase("00 0x123", "f.hex:3:6: found 3 hexadecimal digits, expected two for each byte")]
    [TestCase("0x", "f.hex:3:3: found 0 hexadecimal digits, expected two for each byte")]
    [TestCase("00 0g", "f.hex:3:5: found 'g', expected hexadecimal digits")]
    [TestCase("00, 01", "f.hex:3:3: found ',', expected hexadecimal digits")]
    [TestCase("00 0X12", "f.hex:3:5: found 'X', expected hexadecimal digits")]
    [TestCase("00\u00a012", "f.hex:3:3: found '\u00a0', expected hexadecimal digits")]
    [TestCase("00\f12", "f.hex:3:3: found '\\u000c', expected hexadecimal digits")]
    [TestCase("-1", "f.hex:3:1: found '-', expected hexadecimal digits")]
    public void Parse_BadText_SaysWhere(string text, string message) =>
        Assert.That(() => HexText.Parse(text, "f.hex", 3), Throws.TypeOf<BpfFormatException>().With.Message.EqualTo(message));

    [Property(MaxTest = 500)]
    public void Parse_AnyBytesInHex_AreThem(byte[] bytes) =>
        Assert.That(HexText.Parse(string.Join(' ', bytes.Select(b => $"{b:x2}"))), Is.EqualTo(bytes));

    [Property(MaxTest = 1000)]
    public void Parse_AnyText_SucceedsOrSaysWhere(NonNull<string> text)
    {
        try
        {
            HexText.Parse(text.Get);
        }
        catch (BpfFormatException exception)
        {
            Assert.That(exception.Line, Is.GreaterThanOrEqualTo(1));
            Assert.That(exception.Column, Is.GreaterThanOrEqualTo(1));
        }
    }
}
