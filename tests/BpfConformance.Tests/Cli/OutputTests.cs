using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>What verbs write never takes the place of a source, a case or another output.</summary>
internal sealed class OutputTests
{
    private const string Vector = "-- asm\nr0 = 7\nexit\n-- result\n7\n";

    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [TestCase("p.asm")]
    [TestCase("./p.asm")]
    [TestCase("link")]
    [TestCase("here/p.asm")]
    [TestCase("here/link")]
    public void Asm_OntoItsSource_IsRefusedAndTheSourceIsKept(string output)
    {
        string file = _folder.Write("p.asm", "r0 = 1\nexit\n");
        File.CreateSymbolicLink(PathOf("link"), "p.asm");
        Directory.CreateSymbolicLink(PathOf("here"), ".");

        Invocation run = Bpfconf.Run("asm", file, "-o", PathOf(output));

        AssertRefused(run, PathOf(output));
        Assert.That(File.ReadAllText(file), Is.EqualTo("r0 = 1\nexit\n"));
    }

    [Test]
    public void Asm_ThroughALinkToItsSource_IsRefused()
    {
        string file = _folder.Write("p.asm", "r0 = 1\nexit\n");
        File.CreateSymbolicLink(PathOf("link"), "p.asm");

        AssertRefused(Bpfconf.Run("asm", PathOf("link"), "-o", file), file);
    }

    [Test]
    public void Asm_OverAnOlderOutput_ReplacesIt()
    {
        string file = _folder.Write("p.asm", "r0 = 1\nexit\n");
        string output = _folder.Write("p.bin", "old");

        Assert.That(Bpfconf.Run("asm", file, "-o", output).Code, Is.Zero);
        Assert.That(Convert.ToHexStringLower(File.ReadAllBytes(output)), Is.EqualTo("b7000000010000009500000000000000"));
    }

    [TestCase("run --target reference IN --json OUT", "x.vector")]
    [TestCase("run --target reference IN --junit OUT", "x.grid")]
    [TestCase("run --target reference IN --claim-json OUT", "x.data")]
    [TestCase("run --target reference IN --json OUT", "x.signature")]
    [TestCase("coverage IN --report OUT", "x.signature")]
    [TestCase("mutants IN --mutant add64-reg/is-32-bit --report OUT", "x.vector")]
    [TestCase("bench --target reference --program no --programs IN --json OUT", "x.data")]
    [TestCase("asm ASM -o OUT", "x.grid")]
    public void EachVerb_OntoACaseThatItDidNotRead_IsRefusedAndTheCaseIsKept(string line, string name)
    {
        string read = Directory.CreateDirectory(PathOf("in")).FullName;
        _folder.Write("in/good.vector", Vector);
        string output = _folder.Write(name, "kept");
        string source = _folder.Write("p.asm", "r0 = 1\nexit\n");

        Invocation run = Bpfconf.Run([.. line.Split(' ').Select(word => word switch { "IN" => read, "OUT" => output, "ASM" => source, _ => word })]);

        AssertRefused(run, output);
        Assert.That(File.ReadAllText(output), Is.EqualTo("kept"));
    }

    [TestCase("x.vector", "elsewhere")]
    [TestCase("x.json", "elsewhere.vector")]
    public void Run_ReportThroughALinkToACase_IsRefused(string link, string target)
    {
        string file = _folder.Write("good.vector", Vector);
        string kept = _folder.Write(target, "kept");
        File.CreateSymbolicLink(PathOf(link), target);

        AssertRefused(Bpfconf.Run("run", "--target", "reference", file, "--json", PathOf(link)), PathOf(link));
        Assert.That(File.ReadAllText(kept), Is.EqualTo("kept"));
    }

    [Test]
    public void Run_ReportOntoAFileThatHoldsNoCase_IsRefusedAndTheFileIsKept()
    {
        string good = _folder.Write("good.vector", Vector);
        string notes = _folder.Write("notes.txt", "kept");

        AssertRefused(Bpfconf.Run("run", "--target", "reference", good, notes, "--json", notes), notes);
        Assert.That(File.ReadAllText(notes), Is.EqualTo("kept"));
    }

    [TestCase("--json")]
    [TestCase("--report")]
    public void Bench_ReportOntoTheCOfAProgram_IsRefusedAndTheFileIsKept(string option)
    {
        _folder.Write("p.vector", "-- asm\nr0 = 7\nexit\n-- memory\n00\n-- result\n7\n");
        string source = _folder.Write("p.c", "kept");

        AssertRefused(Bpfconf.Run("bench", "--target", "reference", "--programs", _folder.FullName, option, source), source);
        Assert.That(File.ReadAllText(source), Is.EqualTo("kept"));
    }

    [Test]
    public void Run_TwoReportsIntoOneFile_IsRefused()
    {
        string file = _folder.Write("good.vector", Vector);
        File.CreateSymbolicLink(PathOf("link"), "new");

        AssertRefused(Bpfconf.Run("run", "--target", "reference", file, "--json", PathOf("new"), "--junit", PathOf("link")), PathOf("link"));
    }

    private static void AssertRefused(Invocation run, string output) =>
        Assert.That(
            (run.Code, run.Output, run.Error),
            Is.EqualTo((2, string.Empty, $"bpfconf: '{Path.GetFullPath(output)}' is an input, a case or another output; it would be lost\n")));

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
