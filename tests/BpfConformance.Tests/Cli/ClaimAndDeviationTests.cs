using System.Text.Json;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

internal sealed class ClaimAndDeviationTests
{
    private const string Wrong = "-- asm\nr0 = 7\nexit\n-- result\n8\n";
    private const string Right = "-- asm\nr0 = 7\nexit\n-- result\n7\n";

    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open()
    {
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "deviations"));
    }

    [TearDown]
    public void Close() => _folder.Dispose();

    private Invocation Run(params string[] options) => Bpfconf.Run(["run", _folder.FullName, "--target", "reference", .. options]);

    [Test]
    public void Claim_OfACutSuite_FailsAndSaysWhatWasNotShown()
    {
        _folder.Write("a.vector", Right);
        string json = Path.Combine(_folder.FullName, "claim.json");

        Invocation run = Run("--claim", "--claim-json", json);

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement suite = document.RootElement.GetProperty("suite");
        string digest = suite.GetProperty("sha256").GetString()!; // the schema demands it
        Assert.That(run.Code, Is.EqualTo(1));
        Assert.That(run.Output, Does.Contain("\n  base64          v1  fails: not shown: no case that passed has add64-imm, add64-reg, sub64-imm and 41 more in its program\n"));
        Assert.That(run.Output, Does.Contain($", asked 1 case with digest {digest[..12]}\n"));
        Assert.That(run.Output, Does.EndWith("\n  callx           v4 (post-RFC)  fails: not shown: no case that passed has callx in its program\nnot every claim holds\n"));
        Assert.That(suite.GetProperty("cases").GetInt32(), Is.EqualTo(1));
    }

    [TestCase("--claim", "--filter", "*")]
    [TestCase("--claim", "--groups", "base32")]
    [TestCase("--claim", "--cpu", "v4")]
    [TestCase("--claim-json", "claim.json", "--filter", "*")]
    public void Claim_OfAPart_IsWrongUsage(params string[] options)
    {
        Invocation run = Run(options);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Is.EqualTo("bpfconf: a claim is about the whole suite: --claim and --claim-json do not go with --filter, --groups or --cpu\n"));
    }

    [Test]
    public void Claim_OfAFolderInASuite_IsWrongUsage()
    {
        _folder.Write("isa.csv", string.Empty);

        Invocation run = Bpfconf.Run("run", _folder.Write("a.vector", Right), "--target", "reference", "--claim");

        Assert.That((run.Code, run.Output), Is.EqualTo((2, string.Empty)));
        Assert.That(run.Error, Is.EqualTo($"bpfconf: a claim is about the whole suite: --claim and --claim-json want all of {_folder.FullName}\n"));
    }

    [Test]
    public void Deviation_Declared_IsNoFailureAndIsTold()
    {
        _folder.Write("a.vector", Wrong);
        _folder.Write("b.vector", Right);
        string file = _folder.Write("deviations/reference.txt", "a.vector: it cannot count\n");

        Invocation run = Run();

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output.Replace("\n           ", " ", StringComparison.Ordinal), Is.EqualTo(
            $"reference: 1 deviating: it cannot count ({file}:1) (a.vector)\nreference: 1 passed, 0 failed, 0 unsupported, 1 deviations\nnothing failed\n"));
    }

    [Test]
    public void Deviation_OfAFileThatIsNamedAlone_HoldsTheSame()
    {
        _folder.Write("isa.csv", string.Empty);
        string file = _folder.Write("a.vector", Wrong);
        _folder.Write("b.vector", Right);
        _folder.Write("deviations/reference.txt", "a.vector: it cannot count\nb.vector: nor this\n");

        Invocation run = Bpfconf.Run("run", file, "--target", "reference");

        Assert.That(run.Output, Does.EndWith("reference: 0 passed, 0 failed, 0 unsupported, 1 deviations\nnothing ran on reference\n"));
        Assert.That((run.Code, run.Error), Is.EqualTo((3, string.Empty)));
    }

    [Test]
    public void Deviations_OfATargetThatThereIsNot_AreAWarning()
    {
        _folder.Write("a.vector", Right);
        string file = _folder.Write("deviations/refrence.txt", "a.vector: it cannot count\n");

        Invocation run = Run();

        Assert.That((run.Code, run.Error), Is.EqualTo((0, $"bpfconf: warning: {file}: there is no target 'refrence'; the name of a plug-in is known where it takes part\n")));
    }

    [Test]
    public void Deviation_OfAllThatRan_HasShownNothing()
    {
        _folder.Write("a.vector", Wrong);
        _folder.Write("deviations/reference.txt", "a.vector: it cannot count\n");

        Assert.That(Run().Code, Is.EqualTo(3));
    }

    [Test]
    public void Deviation_ThatPasses_Fails()
    {
        _folder.Write("a.vector", Right);
        string file = _folder.Write("deviations/reference.txt", "a.*: it cannot count\n");

        Invocation run = Run();

        Assert.That(run.Code, Is.EqualTo(1));
        Assert.That(run.Output, Does.Contain($"expected  the deviation: it cannot count ({file}:1)\n  got       it passed\n"));
    }

    [Test]
    public void Deviation_OfNoCase_IsAnErrorOfTheFileWhenAllIsRun()
    {
        _folder.Write("a.vector", Right);
        string file = _folder.Write("deviations/reference.txt", "b.vector: gone\n");

        Invocation whole = Run();
        Invocation part = Run("--filter", "a*");

        Assert.That((whole.Code, part.Code), Is.EqualTo((2, 0)));
        Assert.That(whole.Error, Is.EqualTo($"bpfconf: {file}:1: there is no case 'b.vector'\n"));
    }

    [Test]
    public void Deviations_FromAnotherFolder_ReplaceThoseBesideTheCases()
    {
        _folder.Write("a.vector", Wrong);
        _folder.Write("b.vector", Right);
        _folder.Write("deviations/reference.txt", "no line");
        using var other = new TemporaryFolder();
        other.Write("reference.txt", "a.vector: it cannot count\n");

        Assert.That(Run("--deviations", other.FullName).Code, Is.Zero);
        Assert.That(Run("--deviations", Path.Combine(other.FullName, "none")).Code, Is.EqualTo(2));
        Assert.That(Run().Error, Does.EndWith("reference.txt:1: expected 'NAME: REASON'\n"));
    }
}
