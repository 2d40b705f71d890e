using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary><c>exec</c> holds a member of a grid against its signature, where there is one.</summary>
internal sealed class ExecMemberTests
{
    private const string Grid = "-- axes\nn = 1 2\n-- asm\nr0 = {n}\nexit\n-- items\nk = 1 2\nu16 {k}\n";

    private TemporaryFolder _folder = null!; // before each test
    private string _file = null!; // before each test

    [SetUp]
    public void Open()
    {
        _folder = new TemporaryFolder();
        _file = _folder.Write("g.grid", Grid);
    }

    [TearDown]
    public void Close() => _folder.Dispose();

    // FNV-1a over 01 00 00 00 00 00 00 00 01 00, then 01 00 00 00 00 00 00 00 02 00.
    [TestCase("n=1 e8fe6db7e4976d1e\nn=2 0000000000000001\n")]
    [TestCase("# an older grid\nn=7 0000000000000001\nn=1 e8fe6db7e4976d1e\n")]
    [TestCase("n=2 0000000000000001\n")]
    [TestCase(null)]
    public void Exec_WithoutAWrongSignature_Agrees(string? signatures)
    {
        if (signatures is not null) _folder.Write("g.signature", signatures);

        Invocation run = Exec("n=1");

        Assert.That((run.Code, run.Error), Is.EqualTo((0, string.Empty)));
        Assert.That(run.Output, Does.Not.Contain("expected"));
    }

    [Test]
    public void Exec_WithAWrongSignature_FailsAndSaysBoth()
    {
        _folder.Write("g.signature", "n=1 0000000000000001\nn=2 0000000000000001\n");

        Invocation run = Exec("n=1");

        Assert.That((run.Code, run.Error), Is.EqualTo((1, string.Empty)));
        Assert.That(run.Output, Does.EndWith(
            $"\nreference, all runs: expected signature 0000000000000001 of 2 runs ('bpfconf grid show {_file}/n=1' lists them; "
            + $"'bpfconf grid sign {_file}' if the grid was changed on purpose), got signature e8fe6db7e4976d1e\n"));
    }

    [Test]
    public void Exec_WithAnotherMemory_LeavesTheSignatureOut()
    {
        _folder.Write("g.signature", "n=1 0000000000000001\nn=2 0000000000000001\n");

        Assert.That(Exec("n=1", "--memory", "0102").Code, Is.Zero);
    }

    [Test]
    public void Exec_WithABrokenSignature_SaysWhere()
    {
        string signatures = _folder.Write("g.signature", "n=1 01\n");

        Invocation run = Exec("n=1");

        Assert.That((run.Code, run.Error), Is.EqualTo((2, $"bpfconf: {signatures}:1: found 'n=1 01', expected 'n=1' and 16 hexadecimal digits\n")));
    }

    [Test]
    public void Exec_OfAMemberThatStatesNoResults_NeedsNoSignature()
    {
        _file = _folder.Write("g.grid", Grid.Replace("r0 = {n}", "r0 = *(u8 *)(r1 + 9)", StringComparison.Ordinal) + "-- faults\nOutOfBoundsLoad at 0\n");
        _folder.Write("g.signature", "n=1 0000000000000001\n");

        Assert.That(Exec("n=1").Code, Is.Zero);
    }

    private Invocation Exec(string member, params string[] more) => Bpfconf.Run(["exec", $"{_file}/{member}", "--target", "reference", .. more]);
}
