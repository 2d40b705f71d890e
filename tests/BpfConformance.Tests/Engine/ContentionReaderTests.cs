using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class ContentionReaderTests
{
    private const string Maps = "-- maps\nother: array key 4 value 4 entries 1\ncell: array key 4 value 8 entries 1\n";
    private const string Start = Maps + "-- asm\nr0 = 1\nexit\n-- result\n1\n";

    private static TestCase Read(string text) => VectorReader.Read(text, "x.vector", "x.vector");

    [Test]
    public void Read_TwoThreads_AreInputsThatHoldTheirNumbers()
    {
        TestCase test = Read(Start + "-- contention\ncell: threads 2 records 3   # so many\n");

        Assert.Multiple(() =>
        {
            Assert.That(test.Contention, Is.EqualTo(new Contention(Map: 1, Records: 3, End: null)));
            Assert.That(test.Inputs.Select(input => Convert.ToHexString(input.Data.Span[..8])), Is.EqualTo(new[] { "0000000000000000", "0100000000000000" }));
            Assert.That(test.Inputs.Select(input => input.Data.Length), Is.All.EqualTo(8 + (3 * 16)));
            Assert.That(test.Inputs.Select(input => input.Result), Is.All.EqualTo(1ul));
            Assert.That(test.Inputs.Select(input => input.DataAfter), Is.All.Null);
            Assert.That(test.Line, Is.EqualTo(9));
        });
    }

    [Test]
    public void Read_EndOfTheCell_IsStated() =>
        Assert.That(Read(Start + "-- contention\ncell: threads 2 records 2 ends 0x11\n").Contention!.End, Is.EqualTo(17ul));

    [Test]
    public void Read_NoContention_HasNone() => Assert.That(Read(Start).Contention, Is.Null);

    [TestCase(Start + "-- contention\n", 9, "'-- contention' is empty, expected map: threads 2 records COUNT [ends VALUE]")]
    [TestCase(Start + "-- contention\ncell: threads 3 records 9\n", 10, "found 'cell: threads 3 records 9', expected map: threads 2 records COUNT [ends VALUE]")]
    [TestCase(Start + "-- contention\nbell: threads 2 records 9\n", 10, "there is no map 'bell' in '-- maps'")]
    [TestCase(Start + "-- contention\nother: threads 2 records 9\n", 10, "map 'other' has no cell, expected an array of one entry with a value of at least 8 bytes")]
    [TestCase(Start + "-- contention\ncell: threads 2 records 1\n", 10, "1 records, expected 2 to 4096")]
    [TestCase(Start + "-- contention\ncell: threads 2 records 4097\n", 10, "4097 records, expected 2 to 4096")]
    [TestCase(Start + "-- contention\ncell: threads 2 records 99999999999\n", 10, "99999999999 records, expected 2 to 4096")]
    [TestCase(Start + "-- contention\ncell: threads 2 records 2 ends x\n", 10, "found 'x', expected a 64-bit value such as 0x5, 5 or -5")]
    [TestCase(Start + "-- contention\ncell: threads 2 records 2\n-- memory\n00\n", 11, "'-- memory' has no place beside '-- contention', which says what is run")]
    [TestCase(Maps + "-- asm\nexit\n-- contention\ncell: threads 2 records 2\n", 0, "no '-- result' beside '-- contention', expected what both threads return")]
    public void Read_SomethingWrong_SaysWhatAndWhere(string text, int line, string problem)
    {
        BpfFormatException error = Assert.Throws<BpfFormatException>(() => Read(text));

        Assert.That((error.Line, error.Problem), Is.EqualTo((line, problem)));
    }
}
