using BpfConformance.Cli;
using BpfConformance.Tests;
using NUnit.Framework;

namespace BpfConformance.Conformance.Tests;

/// <summary>The committed report is what the vectors give, and no row of the instruction set is covered less than it says.</summary>
internal sealed class CoverageTests
{
    private const string Committed = """
        | Row | Observed | Cases | Executions | Operands | Registers |
        |:--|--:|--:|--:|--:|--:|
        | `add64-reg` | ✅ | 3 | 50 | ≥ 1000 | 87 of 100 |
        | `exit` | ✅ | 4 | 90 | – | – |
        """;

    [Test]
    public void Report_OfTheVectors_IsTheCommittedOne()
    {
        string committed = File.ReadAllText(Repository.PathOf("reports", "coverage.md"));
        string file = Path.GetTempFileName();
        try
        {
            var output = new StringWriter();
            int code = CommandLine.Run(["coverage", Repository.PathOf("conformance"), "--report", file], output, output);
            string fresh = File.ReadAllText(file);

            Assert.That(CoverageComparison.Losses(committed, fresh), Is.Empty, "the vectors cover less than reports/coverage.md says");
            Assert.That(code, Is.Zero, output.ToString());
            Assert.That(fresh == committed, "the vectors changed; write the report again: bpfconf coverage --report reports/coverage.md");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase("87 of 100", "86 of 100", "add64-reg: Registers was 87 of 100, is 86 of 100")]
    [TestCase("≥ 1000", "999", "add64-reg: Operands was ≥ 1000, is 999")]
    [TestCase("`exit` | ✅", "`exit` | ❌", "exit: Observed was ✅, is ❌")]
    [TestCase("| 4 | 90", "| 3 | 90", "exit: Cases was 4, is 3")]
    public void Losses_OfARowThatIsCoveredLess_NameIt(string before, string after, string expected) =>
        Assert.That(
            CoverageComparison.Losses(Committed, Committed.Replace(before, after, StringComparison.Ordinal)),
            Is.EqualTo(new[] { expected }));

    [Test]
    public void Losses_OfARowThatIsGone_NameAllThatItHad() =>
        Assert.That(
            CoverageComparison.Losses(Committed, Committed.Replace("`exit`", "`leave`", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "exit: Observed was ✅, is nothing", "exit: Cases was 4, is nothing" }));

    [TestCase("87 of 100", "88 of 100")]
    [TestCase("| 50 |", "| 40 |")]
    [TestCase("≥ 1000", "≥ 1000")]
    public void Losses_OfARowThatIsCoveredNoLess_AreNone(string before, string after) =>
        Assert.That(CoverageComparison.Losses(Committed, Committed.Replace(before, after, StringComparison.Ordinal)), Is.Empty);
}
