using System.Collections.Immutable;
using BpfConformance.Reporting.Bench;
using NUnit.Framework;

namespace BpfConformance.SeededBugs.Hunting;

[TestFixture]
internal sealed class HuntReportTests
{
    private static readonly HuntCatch s_catch = new("valid", "state", "R0");

    [Test]
    public void Row_OfHuntsThatAllFoundTheBug_HasRanks()
    {
        string report = ReportOf([.. Enumerable.Range(1, 10).Select(n => Found(100 * n, milliseconds: n))], [.. Enumerable.Range(1, 10).Select(_ => Missed())]);
        Assert.That(report, Does.Contain("| reference | 10/10 | 500 | 900 | 5 | 9 | state | 0/10 | – | – |"));
    }

    [Test]
    public void Row_OfHuntsThatMostlyFoundNothing_HasNoRankAmongThose()
    {
        string report = ReportOf([Found(100, 1), Found(200, 2), Found(300, 3), Missed()], [Found(7, 8), Missed(), Missed(), Missed()]);
        Assert.That(report, Does.Contain("| reference | 3/4 | 200 | – | 2 | – | state | 1/4 | – | – |"));
    }

    [Test]
    public void Summary_CountsEnginesAndBugs()
    {
        string report = ReportOf([Found(100, 1), Missed()], [Missed(), Missed()]);
        Assert.That(report, Does.Contain("| found by every seed | 0 | 0 |\n| found by some seed | 1 | 0 |"));
        Assert.That(report, Does.Contain("| state | R0 | valid | 1 |"));
        Assert.That(report, Does.Contain("something in 0/1 hunts, over 1,000 programs"));
    }

    private static HuntResult Found(int programs, int milliseconds) => new("I01-reference", 1, programs, TimeSpan.FromMilliseconds(milliseconds), s_catch);

    private static HuntResult Missed() => new("I01-reference", 1, 1000, TimeSpan.FromSeconds(1), Catch: null);

    private static string ReportOf(ImmutableArray<HuntResult> fuzzer, ImmutableArray<HuntResult> bytes) => new HuntReport(
        fuzzer, bytes, [Missed()], fuzzer.Length, new HuntLimits(1000, TimeSpan.FromSeconds(1)), new BenchMachine("a processor", 2, "a system", "a runtime", null), "0.00, 0.01, 0.05").ToMarkdown();
}
