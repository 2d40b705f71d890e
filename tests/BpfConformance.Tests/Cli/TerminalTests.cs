using BpfConformance.Cli;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

internal sealed class TerminalTests
{
    [TestCase("0:00:10: 2,000 programs, 200/s, 30.5 instructions on average, seed 5", 60, "0:00:10: 2,000 programs, 200/s, 30.5 instructions on…")]
    [TestCase("it fits", 8, "it fits")]
    [TestCase("it fits", 7, "it…")]
    [TestCase("  3 × state-x64-atomic-cmpxchg32-r0", 20, "  3 × state-x64-at…")]
    [TestCase("tab\tand\nline", 80, "tab and line")]
    [TestCase("anything", 0, "…")]
    public void Cut_OfALine_EndsWithAWordBeforeTheLastColumn(string line, int width, string cut)
    {
        Assert.That(Terminal.Cut(line, width), Is.EqualTo(cut));
    }

    [Test]
    public void WriteWrapped_OfALineThatIsIndented_IndentsTheOthers()
    {
        var output = new StringWriter { NewLine = "\n" };

        Terminal.WriteWrapped(output, "  3 × state-x64-atomic-cmpxchg32-r0-6ad285146270: run 1: expected 0x0000000000000005, got 0x0");

        Assert.That($"{output}", Is.EqualTo("  3 × state-x64-atomic-cmpxchg32-r0-6ad285146270: run 1: expected\n  0x0000000000000005, got 0x0\n"));
    }

    [Test]
    public void WriteWrapped_WhereNobodyIsKnownToRead_Has80Columns()
    {
        var output = new StringWriter { NewLine = "\n" };

        Terminal.WriteWrapped(output, "kernel: ", "1 unsupported: lacks address-space (post-rfc/addr-space-cast-kern.vector, post-rfc/addr-space-cast-user.vector)");

        Assert.That($"{output}", Is.EqualTo("kernel: 1 unsupported: lacks address-space\n        (post-rfc/addr-space-cast-kern.vector,\n        post-rfc/addr-space-cast-user.vector)\n"));
    }
}
