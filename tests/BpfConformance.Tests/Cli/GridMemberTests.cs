using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>Verbs that take a program take a member of a grid, too.</summary>
internal sealed class GridMemberTests
{
    private const string Grid = "-- axes\nn = 1 2\n-- asm\nr0 = {n}\nexit\n";

    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [TestCase("show")]
    [TestCase("exec")]
    [TestCase("disasm")]
    [TestCase("asm")]
    public void EachVerb_WithAMemberThatIsNotThere_SaysSo(string verb)
    {
        string file = _folder.Write("g.grid", Grid);
        string[] words = verb == "show" ? ["grid", "show"] : [verb];

        Invocation run = Bpfconf.Run([.. words, $"{file}/mul"]);

        Assert.That((run.Code, run.Error), Is.EqualTo((2, $"bpfconf: {file}: no member 'mul'; the first of 2 is 'n=1'\n")));
    }

    [TestCase("exec")]
    [TestCase("disasm")]
    [TestCase("asm")]
    public void EachVerb_WithAGridAlone_AsksForAMember(string verb)
    {
        string file = _folder.Write("g.grid", Grid);
        Assert.That(
            Bpfconf.Run(verb, file).Error, Is.EqualTo($"bpfconf: {file}: stands for many programs, expected one of them: {file}/MEMBER\n"));
    }

    [Test]
    public void DisasmAndAsm_OfAMember_AreItsProgram()
    {
        string file = _folder.Write("g.grid", Grid);

        Assert.That(Bpfconf.Run("disasm", $"{file}/n=2").Output, Is.EqualTo("r0 = 2\nexit\n"));
        Assert.That(Bpfconf.Run("asm", $"{file}/n=2").Output, Is.EqualTo("b700000002000000\n9500000000000000\n"));
        Assert.That(Bpfconf.Run("exec", $"{file}/n=2", "--target", "reference").Output, Does.Match("1 +reference +returned +0x2 "));
    }
}
