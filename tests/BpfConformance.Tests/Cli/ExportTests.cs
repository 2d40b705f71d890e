using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>Where <c>run --export</c> writes, and where it must not.</summary>
[TestFixture]
internal sealed class ExportTests
{
    private const string Vector = "-- asm\nr0 = 1\nexit\n-- result\n1\n";

    [Test]
    public void Run_Export_WritesAFileForEachSelectedCaseAndRuns()
    {
        using TemporaryFolder folder = Cases("a.vector", "sub/b.vector", "sub/c:d.vector", "sub/other.vector");
        string output = Path.Combine(folder.FullName, "deep", "out");

        Invocation run = Export(output, Path.Combine(folder.FullName, "in"), "--filter", "*?.vector");
        Invocation again = Export(output, Path.Combine(folder.FullName, "in"), "--filter", "sub/?.vector");

        Assert.That((run.Code, again.Code), Is.EqualTo((0, 0)), run.Error + again.Error);
        Assert.That(run.Output, Does.Contain("reference: 4 passed"));
        Assert.That(again.Output, Does.Contain("reference: 1 passed"));
        Assert.That(
            Directory.GetFiles(output, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(output, file)).Order(StringComparer.Ordinal),
            Is.EqualTo(new[] { "a.vector.json", "sub/b.vector.json", "sub/c_d.vector.json", "sub/other.vector.json" }));
    }

    [Test]
    public void Run_ExportOfWhatMustBeRejected_StatesNoRun()
    {
        using TemporaryFolder folder = Cases();
        folder.Write("in.vector", "-- raw\n-\n-- malformed\nEmptyProgram\n");
        string output = Path.Combine(folder.FullName, "out");

        Invocation run = Export(output, Path.Combine(folder.FullName, "in.vector"));

        Assert.That(run.Code, Is.EqualTo(0), run.Error);
        Assert.That(
            string.Join(' ', File.ReadAllText(Path.Combine(output, "in.vector.json")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)),
            Does.Contain("\"expectation\": { \"load\": \"rejected\", \"reasons\": [ \"EmptyProgram\" ], \"malformed\": true, \"run\": \"unstated\", \"fault\": null, \"pc\": null }"));
    }

    [TestCase("sub")]
    [TestCase("a.vector.json")]
    public void Run_ExportThroughALink_IsRefused(string link)
    {
        using TemporaryFolder folder = Cases("a.vector", "sub/b.vector");
        string elsewhere = Directory.CreateDirectory(Path.Combine(folder.FullName, "elsewhere")).FullName;
        string output = Directory.CreateDirectory(Path.Combine(folder.FullName, "out")).FullName;
        if (link == "sub") Directory.CreateSymbolicLink(Path.Combine(output, link), elsewhere);
        else File.CreateSymbolicLink(Path.Combine(output, link), Path.Combine(elsewhere, "stolen"));

        Invocation run = Export(output, Path.Combine(folder.FullName, "in"));

        Assert.That((run.Code, run.Error), Is.EqualTo((2, $"bpfconf: '{Path.Combine(output, link)}' is a link; nothing is written outside '{output}'\n")));
        Assert.That(Directory.GetFileSystemEntries(elsewhere), Is.Empty);
    }

    [Test]
    public void Run_ExportOfTwoFilesOfOneName_IsRefused()
    {
        using TemporaryFolder folder = Cases("a.vector", "sub/a.vector");
        string output = Path.Combine(folder.FullName, "out");

        Invocation run = Export(output, Path.Combine(folder.FullName, "in", "a.vector"), Path.Combine(folder.FullName, "in", "sub", "a.vector"));

        Assert.That(run.Error, Is.EqualTo(
            $"bpfconf: '{Path.Combine(output, "a.vector.json")}', for '{Path.Combine(folder.FullName, "in", "sub", "a.vector")}', is that of '{Path.Combine(folder.FullName, "in", "a.vector")}'; it would be lost\n"));
    }

    [Test]
    public void Run_ExportIntoAFile_IsRefused()
    {
        using TemporaryFolder folder = Cases("a.vector");

        Invocation run = Export(Path.Combine(folder.FullName, "in", "a.vector"), Path.Combine(folder.FullName, "in"));

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("bpfconf: no cases can be written to '"));
        Assert.That(File.ReadAllText(Path.Combine(folder.FullName, "in", "a.vector")), Is.EqualTo(Vector));
    }

    private static Invocation Export(string output, params string[] arguments) =>
        Bpfconf.Run(["run", "--target", "reference", "--export", output, .. arguments]);

    private static TemporaryFolder Cases(params string[] names)
    {
        var folder = new TemporaryFolder();
        foreach (string name in names)
        {
            string file = Path.Combine(folder.FullName, "in", name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!); // below the folder
            File.WriteAllText(file, Vector);
        }

        return folder;
    }
}
