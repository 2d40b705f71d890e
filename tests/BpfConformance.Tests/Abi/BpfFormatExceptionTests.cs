using BpfConformance.Abi;
using NUnit.Framework;

namespace BpfConformance.Tests.Abi;

[TestFixture]
public sealed class BpfFormatExceptionTests
{
    [TestCase("a.asm", 3, 7, "a.asm:3:7: odd")]
    [TestCase("a.asm", 3, 0, "a.asm:3: odd")]
    [TestCase("a.bin", 0, 0, "a.bin: odd")]
    [TestCase(null, 3, 7, "line 3:7: odd")]
    [TestCase(null, 3, 0, "line 3: odd")]
    [TestCase(null, 0, 0, "odd")]
    public void Message_SaysAsMuchOfThePositionAsIsKnown(string? source, int line, int column, string expected)
    {
        var exception = new BpfFormatException(source, line, column, "odd");
        Assert.That(exception.Message, Is.EqualTo(expected));
        Assert.That(
            (exception.Origin, exception.Line, exception.Column, exception.Problem), Is.EqualTo((source, line, column, "odd")));
    }
}
