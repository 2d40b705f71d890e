using BpfConformance.Reporting;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting;

[TestFixture]
public sealed class MutationMarkdownTests
{
    private static readonly BugKind s_operation = new("wrong operation", "Another operation is done.");
    private static readonly BugKind s_width = new("width", "Too few bits are computed.");

    private static readonly SuiteScore s_strong = new(
        "strong",
        [
            new("add32-reg/does-sub", "add32-reg", s_operation, MutantFate.Killed),
            new("add32-reg/is-64-bit", "add32-reg", s_width, MutantFate.Killed),
            new("add32-reg/takes-64-bit-operands", "add32-reg", s_width, MutantFate.Equivalent) { Reason = "The low half depends on low halves only." },
            new("mul64-reg/does-add", "mul64-reg", s_operation, MutantFate.Killed),
            new("mul64-reg/is-32-bit", "mul64-reg", s_width, MutantFate.Survived) { Problem = "as if mul64-reg worked on 32 bits" },
            new("mul64-reg/src-r10-is-r1", "mul64-reg", s_width, MutantFate.NotComparable) { Reason = "It is made from an address." },
            new("mov32-reg/takes-64-bit-operands", "mov32-reg", s_width, MutantFate.Equivalent) { Reason = "The low half depends on low halves only." },
        ]);

    private static readonly SuiteScore s_weak = new(
        "weak", [.. s_strong.Mutants.Select(mutant => mutant.Fate == MutantFate.Killed && mutant.Kind == s_width ? mutant with { Fate = MutantFate.Survived } : mutant)]);

    [Test]
    public void Write_ASuiteWithAnother_AsVerified() => Snapshot.Verify(Text(new MutationReport(s_strong, s_weak)));

    [Test]
    public void Write_ASuiteAlone_HasNoLastColumnAndSaysThatNoneSurvived()
    {
        string text = Text(new MutationReport(s_strong with { Mutants = s_strong.Mutants[..4] }, Other: null));

        Assert.That(text, Does.Contain("\n| strong | 4 | 1 | 0 | 3 | 0 | **100.0 %** |\n\n## By kind of bug\n"));
        Assert.That(text, Does.Contain("\n| width | Too few bits are computed. | 2 | 1 | 0 | 1 | 0 | 100.0 % |\n"));
        Assert.That(text, Does.Contain("\n## Survivors\n\nNone: "));
    }

    [TestCase(0, 0, "–")]
    [TestCase(0, 3, "0.0 %")]
    [TestCase(1999, 1, "99.9 %")]
    [TestCase(3, 0, "100.0 %")]
    public void Percent_OfCounts_IsRoundedDown(int killed, int survived, string expected) =>
        Assert.That(new ScoreCounts(killed, survived, Equivalent: 5, NotComparable: 6).Percent, Is.EqualTo(expected));

    private static string Text(MutationReport report)
    {
        var writer = new StringWriter();
        MutationMarkdown.Write(report, writer);
        return writer.ToString();
    }
}
