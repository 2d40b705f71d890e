using System.Diagnostics;
using BpfConformance.Reporting;
using BpfConformance.Tests.Cli;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting;

[TestFixture]
public sealed class OutputFileTests
{
    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private IEnumerable<string?> Names => Directory.GetFileSystemEntries(_folder.FullName).Select(Path.GetFileName);

    [Test]
    public void Save_OverAnOlderOne_ReplacesItOnlyWhenAllIsThere()
    {
        string path = _folder.Write("x", "older, and longer");
        var file = new OutputFile(path);
        file.FillText(writer => writer.Write("new"));
        string before = File.ReadAllText(path);

        file.Save();

        Assert.That((before, File.ReadAllText(path)), Is.EqualTo(("older, and longer", "new")));
    }

    [Test]
    public void NotSaved_LeavesWhatWasThere()
    {
        string older = _folder.Write("x", "older");
        File.CreateSymbolicLink(PathOf("link"), older);
        foreach (string name in (string[])["x", "link", "y"]) new OutputFile(PathOf(name)).FillText(writer => writer.Write("new"));

        Assert.That(File.ReadAllText(older), Is.EqualTo("older"));
        Assert.That(Names, Is.EquivalentTo(new[] { "x", "link" }));
    }

    [Test]
    [Platform(Include = "Linux")]
    public void Save_ToALinkAPipeOrADevice_ReachesWhatItIs()
    {
        string path = _folder.Write("x", "older");
        File.CreateSymbolicLink(PathOf("link"), path);
        using (Process mkfifo = Process.Start("mkfifo", [PathOf("pipe")])) mkfifo.WaitForExit();
        Task<string> reader = Task.Run(() => File.ReadAllText(PathOf("pipe")));
        foreach (string each in (string[])[PathOf("link"), PathOf("pipe"), "/dev/null"])
        {
            var file = new OutputFile(each);
            file.FillText(writer => writer.Write("new"));
            file.Save();
        }

        Assert.That((File.ReadAllText(path), reader.Result, File.ReadAllText("/dev/null")), Is.EqualTo(("new", "new", string.Empty)));
        Assert.That(Names, Is.EquivalentTo(new[] { "x", "link", "pipe" }));
        Assert.That(new FileInfo(PathOf("link")).LinkTarget, Is.EqualTo(path));
    }

    [Test]
    public void Open_WhereNothingCanBeWritten_Fails()
    {
        Assert.That(() => new OutputFile(_folder.FullName), Throws.InstanceOf<IOException>().With.Message.EqualTo("it is a folder"));
        Assert.That(() => new OutputFile(PathOf("none/x")), Throws.InstanceOf<IOException>());
        Assert.That(Names, Is.Empty);
    }
}
