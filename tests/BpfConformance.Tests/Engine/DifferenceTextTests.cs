using BpfConformance.Engine.Oracles;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>Where two rows of bytes first differ is found by eye only in short ones.</summary>
internal sealed class DifferenceTextTests
{
    private const string Row = "000102030405060708090a0b0c0d0e0f";

    [TestCase("ok", "ENOENT", "ok", "ENOENT")]
    [TestCase("0102030405060708", "0102030405060709", "0102030405060708", "0102030405060709", Description = "short")]
    [TestCase("main=0x00000000000000001", "main=0x00000000000000002", "main=0x00000000000000001", "main=0x00000000000000002", Description = "numbers")]
    [TestCase("left " + Row + "00", "left " + Row + "01", "left " + Row + "[00]", "left " + Row + "[01]")]
    [TestCase("left 10" + Row, "left 1f" + Row, "left [10]" + Row, "left [1f]" + Row, Description = "in the second digit")]
    [TestCase("left " + Row + "00 right 01", "left " + Row + " right 01", "left " + Row + "[00] right 01", "left " + Row + "[] right 01", Description = "in the length")]
    [TestCase(Row + Row + "00" + Row + Row, Row + Row + "01" + Row + Row, "…" + Row + "[00]" + Row + "…", "…" + Row + "[01]" + Row + "…", Description = "in the middle of a long one")]
    [TestCase("a=1 " + Row + Row + Row + Row + Row, "a=2 " + Row + Row + Row + Row + Row, "a=1 " + Row + Row + "…", "a=2 " + Row + Row + "…", Description = "before a long one")]
    public void Mark_OfTwoTexts_PutsTheFirstByteThatDiffersInBrackets(string expected, string got, string markedExpected, string markedGot) =>
        Assert.That(DifferenceText.Mark(expected, got), Is.EqualTo((markedExpected, markedGot)));
}
