using System.Text.Json;
using BpfConformance.Jit.X64;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

internal sealed class VerbTests
{
    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public void Run_WrongExpectation_ShowsPlaceExpectedGotAndProgram()
    {
        string file = _folder.Write("wrong.vector", "-- asm\nr0 = 7\nexit\n-- result\n8\n");

        Invocation run = Bpfconf.Run("run", file, "--target", "reference");

        Assert.That(run.Code, Is.EqualTo(1));
        Assert.That(run.Output, Is.EqualTo($"""
            {file}:5: reference: wrong r0
              expected  r0 = 0x8
              got       r0 = 0x7
                   0: r0 = 7
                   1: exit

            reference: 0 passed, 1 failed, 0 unsupported, 0 deviations
            failed: 1 on reference

            """));
    }

    /// <summary>Whose registers hold addresses, only the reference can tell, whether it is asked for or not.</summary>
    [TestCase("run", "il,x64")]
    [TestCase("run", "x64,il")]
    [TestCase("exec", "x64,il")]
    public void Targets_WithoutTheReference_AreHeldAgainstItAllTheSame(string verb, string targets)
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        Invocation run = Bpfconf.Run(verb, "conformance/base64/lddw-map-value-fd.vector", "--target", targets);

        Assert.That(run.Code, Is.Zero, run.Output);
        Assert.That(run.Output, Does.Not.Contain("reference"));
    }

    [Test]
    public void Run_WithReports_WritesMarkdownJsonAndJUnit()
    {
        string file = _folder.Write("good.vector", "-- asm\nr0 = 7\nexit\n-- result\n7\n");
        string reports = Path.Combine(_folder.FullName, "reports");
        string json = Path.Combine(_folder.FullName, "run.json");
        string junit = Path.Combine(_folder.FullName, "run.xml");

        Invocation run = Bpfconf.Run("run", file, "--target", "reference", "--report", reports, "--json", json, "--junit", junit);

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(Directory.GetFiles(reports).Select(Path.GetFileName), Is.EquivalentTo(new[] { "report.md", "report.json", "junit.xml" }));
        Assert.That(File.ReadAllText(junit), Does.Contain("<testsuite name=\"reference\" tests=\"1\" failures=\"0\""));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        Assert.That(document.RootElement.GetProperty("version").GetString(), Is.EqualTo("1"));
        Assert.That(document.RootElement.GetProperty("targets")[0].GetProperty("counts").GetProperty("passed").GetInt32(), Is.EqualTo(1));
    }

    [TestCase("--report", "x/deep")]
    [TestCase("--json", "none/x.json")]
    [TestCase("--claim-json", "none/x.json")]
    public void Run_ReportThatCannotBeWritten_IsToldBeforeAnythingRuns(string option, string path)
    {
        _folder.Write("x", "a file, and no folder");
        _folder.Write("good.vector", "-- asm\nr0 = 7\nexit\n-- result\n7\n");
        string target = Path.Combine(_folder.FullName, path);

        Invocation run = Bpfconf.Run("run", _folder.FullName, "--target", "reference", option, target, "--junit", Path.Combine(_folder.FullName, "junit.xml"));

        Assert.That((run.Code, run.Output), Is.EqualTo((2, string.Empty)));
        Assert.That(run.Error, Does.StartWith($"bpfconf: nothing can be written to '{target}': "));
        Assert.That(Directory.GetFileSystemEntries(_folder.FullName), Has.Length.EqualTo(2));
    }

    [Test]
    public void Run_ReportOntoACase_IsRefusedAndTheCaseIsKept()
    {
        string file = _folder.Write("good.vector", "-- asm\nr0 = 7\nexit\n-- result\n7\n");

        Invocation run = Bpfconf.Run("run", file, "--target", "reference", "--json", file);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Is.EqualTo($"bpfconf: '{file}' is an input, a case or another output; it would be lost\n"));
        Assert.That(File.ReadAllText(file), Does.StartWith("-- asm"));
    }

    [Test]
    public void Run_KernelsReasonsThatAreAlike_AreOneLine()
    {
        if (TargetRegistry.All.Single(entry => entry.Name == "kernel").WhyUnavailable() is { } reason) Assert.Ignore(reason);
        string file = _folder.Write("casts.grid", "-- axes\nn = 11 12\n-- asm\nr0 = 1\n.raw {0xbf+n*0x100+0x10000+0x100000000}\nexit\n-- malformed\n");

        Invocation run = Bpfconf.Run("run", file, "--target", "kernel");

        Assert.That(run.Output, Is.EqualTo(
            "kernel: 2 unsupported: addr_space_cast insn can only be used in a program that\n        has an associated arena (casts.grid/n=11, casts.grid/n=12)\n"
            + "kernel: 0 passed, 0 failed, 2 unsupported, 0 deviations\nnothing ran on kernel\n"));
    }

    [Test]
    public void AsmThenDisasm_GiveTheProgramBack()
    {
        string file = _folder.Write("some.asm", "r1 = 5\nif r1 s> 3 goto +1\nr1 += 1\nr0 = r1\nexit\n");
        string binary = Path.Combine(_folder.FullName, "some.bin");

        Invocation hex = Bpfconf.Run("asm", file);
        Invocation bytes = Bpfconf.Run("asm", file, "-o", binary);
        Invocation text = Bpfconf.Run("disasm", binary);

        Assert.That(hex.Output, Is.EqualTo("b701000005000000\n6501010003000000\n0701000001000000\nbf10000000000000\n9500000000000000\n"));
        Assert.That(bytes.Code, Is.Zero);
        Assert.That(text.Output, Is.EqualTo("r1 = 5\nif r1 s> 3 goto +1\nr1 += 1\nr0 = r1\nexit\n"));
    }

    [Test]
    public void BigEndian_AsmAndDisasm_SwapFieldsAndRegisters()
    {
        string file = _folder.Write("some.asm", "r3 += 258\nexit\n");
        string binary = Path.Combine(_folder.FullName, "some.bin");

        Invocation hex = Bpfconf.Run("asm", file, "--big-endian");
        Bpfconf.Run("asm", file, "--big-endian", "-o", binary);

        Assert.That(hex.Output, Is.EqualTo("0730000000000102\n9500000000000000\n"));
        Assert.That(Bpfconf.Run("disasm", binary, "--big-endian").Output, Is.EqualTo("r3 += 258\nexit\n"));
    }

    [TestCase("Legacy")]
    [TestCase("legacy")]
    public void Disasm_LegacySyntax_WritesPercentRegisters(string word)
    {
        string file = _folder.Write("some.hex", "b700000001000000 9500000000000000\n");

        Assert.That(Bpfconf.Run("disasm", file, "--syntax", word).Output, Is.EqualTo("mov %r0, 1\nexit\n"));
    }

    [Test]
    public void Targets_ListsTheReferenceWithWhatItCan()
    {
        Invocation run = Bpfconf.Run("targets", "--target", "reference");

        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.StartWith("reference 1.0.0: ").And.Contains("groups   base32, base64, "));
    }

    [Test]
    public void Coverage_OfAVectorThatSeesLittle_NamesTheRowsAndFails()
    {
        string file = _folder.Write("little.vector", "-- asm\nr0 = 9\nr2 = 5\nr2 += 3\nr0 = 1\nexit\n-- result\n1\n");
        string report = Path.Combine(_folder.FullName, "coverage.md");

        Invocation run = Bpfconf.Run("coverage", file, "--report", report);

        Assert.That(run.Code, Is.EqualTo(1), run.Error);
        Assert.That(run.Output, Does.Match("base64 +57 +2 +1 +1 +"));
        Assert.That(run.Output, Does.Contain("\nadd64-imm: no case sees a wrong lowest bit, a wrong highest bit\n"));
        Assert.That(run.Output, Does.Contain("\nadd64-reg: no case executes it\n"));
        Assert.That(run.Output, Does.Not.Contain("\nmov64-imm: ").And.Not.Contain("lddw-var"));
        Assert.That(File.ReadAllText(report), Does.Contain("\n| `mov64-imm` | ✅ | 1 | 0 | 3 | 3 | 2 of 10 | 0 | – | – | – | 1 of 11 |\n"));
    }

    [Test]
    public void Coverage_OfAFileThatCannotBeRead_MeasuresNothing()
    {
        string good = _folder.Write("good.vector", "-- asm\nr0 = 7\nexit\n-- result\n7\n");
        string bad = _folder.Write("bad.vector", "-- asm\nr0 = 7\nexit\n-- result\nseven\n");
        string report = Path.Combine(_folder.FullName, "coverage.md");

        Invocation run = Bpfconf.Run("coverage", good, bad, "--report", report);

        Assert.That((run.Code, run.Output), Is.EqualTo((2, string.Empty)));
        Assert.That(run.Error, Does.StartWith($"bpfconf: {bad}:5"));
        Assert.That(File.Exists(report), Is.False);
    }

    [TestCase("run")]
    [TestCase("exec")]
    [TestCase("asm")]
    [TestCase("disasm")]
    [TestCase("targets")]
    [TestCase("bench")]
    [TestCase("fuzz")]
    [TestCase("triage")]
    [TestCase("coverage")]
    [TestCase("worker")]
    [TestCase("plugin")]
    public void Help_OfEachVerb_EndsWithExamples(string verb)
    {
        Invocation run = Bpfconf.Run(verb, "--help");

        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain($"\nExamples:\n  ").And.Contains($"bpfconf {verb} "));
        string[] paths = [.. run.Output.Split(' ', '\n').Where(word => word.StartsWith("conformance/", StringComparison.Ordinal))];
        Assert.That(paths.Where(path => !Path.Exists(Repository.PathOf(path))), Is.Empty);
    }
}
