using BpfConformance.Cli;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Tests.Engine;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>How <c>exec</c> shows memories: alike from their start, and others where they differ.</summary>
internal sealed class ExecListingTests
{
    private const string Same = "000102030405060708090a0b0c0d0e0f";

    [Test]
    public void Write_OfEqualMemories_ShowsThemFromTheStart()
    {
        string text = Listing(Left("reference", Same), Left("other", Same));

        Assert.That(text, Does.Match($"\n1 +reference +returned +0x5 .* {Same} +– *\n1 +other +returned +0x5 .* {Same} +– *\n"));
        Assert.That(text, Does.EndWith("; ≠ differs\n"));
    }

    [TestCase("000102030405060708ff0a0b0c0d0e0f", "…05060708 [9] 090a0b0c…", "…05060708 [9] ff0a0b0c…", TestName = "in the middle")]
    [TestCase("ff0102030405060708090a0b0c0d0e0f", "[0] 00010203…", "[0] ff010203…", TestName = "in the first")]
    [TestCase("0001ff030405060708090a0b0c0d0e0f", "0001 [2] 02030405…", "0001 [2] ff030405…", TestName = "near the start")]
    [TestCase("000102030405060708090a0b0c0d0eff", "…0b0c0d0e [15] 0f", "…0b0c0d0e [15] ff", TestName = "in the last")]
    [TestCase("000102030405060708090a0b", "…08090a0b [12] 0c0d0e0f", "…08090a0b [12]", TestName = "in the length")]
    [TestCase("", "[0] 00010203…", "[0]", TestName = "in all")]
    public void Write_OfMemoriesThatDiffer_ShowsBothWhereTheyDo(string other, string right, string wrong)
    {
        string text = Listing(Left("reference", Same), Left("other", other));

        (right, wrong) = (Escaped(right), Escaped(wrong));
        Assert.That(text, Does.Match($"\n1 +reference +returned .* – +{right} +– *\n1 +other +returned .* – +{wrong} +– +≠ *\n"));
        Assert.That(text, Does.Contain("; ≠ differs, [n] first in byte n of memory\n"));
    }

    [Test]
    public void Write_OfThree_ShowsEachWrongOneAtItsPlaceAndTheRightOneAtTheFirst()
    {
        string text = Listing(
            Left("reference", Same),
            Left("other", "000102030405060708090a0b0cff0e0f"),
            Left("other2", "00ff02030405060708090a0b0cff0e0f"));

        Assert.That(text, Does.Match(
            @"\n1 +reference .* – +00 \[1\] 01020304… +– *\n1 +other .* – +…090a0b0c \[13\] ff0e0f +– +≠ *\n1 +other2 .* – +00 \[1\] ff020304… +– +≠ *\n"));
    }

    [Test]
    public void Write_OfAMemoryThatEndsBeforeThePlace_ShowsItsEnd()
    {
        TargetRun ended = Left("ended", "0001");
        ended.Observations![0].R0Mask = 0;
        ended.Observations[0].Status = ExecutionStatus.TimedOut;

        string text = Listing(Left("reference", Same), Left("other", "000102030405060708ff0a0b0c0d0e0f"), ended);

        Assert.That(text, Does.Match(@"\n1 +ended +timedout +– .* – +0001 \[2\] +– +≠ *\n"));
    }

    private static string Escaped(string cell) =>
        cell.Replace("[", @"\[", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal);

    private static TargetRun Left(string target, string memory) => FakeTarget.Left(target, 5, Convert.FromHexString(memory));

    private static string Listing(params TargetRun[] runs)
    {
        TestCase test = VectorReader.Read($"-- asm\nr0 = 5\nexit\n-- memory\n{Same}\n-- result\n5\n", "x", "x");
        var experiment = new Experiment(test, [.. runs]);
        var output = new StringWriter { NewLine = "\n" };
        ExecListing.Write(experiment, CaseJudge.ForOneCase.Judge(experiment), isWhole: false, output);
        return output.ToString();
    }
}
