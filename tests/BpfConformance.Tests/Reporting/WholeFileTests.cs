using System.Diagnostics;
using BpfConformance.Reporting;
using BpfConformance.Tests.Cli;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting;

[TestFixture]
public sealed class WholeFileTests
{
    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private IEnumerable<string?> Names => Directory.GetFileSystemEntries(_folder.FullName).Select(Path.GetFileName);

    [Test]
    public void Write_OverAnOlderOne_ReplacesItOnlyWhenAllIsThere()
    {
        string path = _folder.Write("x", "older, and longer");
        string before;
        using (var file = new WholeFile(path))
        {
            file.Stream.Write("new"u8);
            file.Stream.Flush();
            before = File.ReadAllText(path);
            file.Commit();
        }

        Assert.That((before, File.ReadAllText(path)), Is.EqualTo(("older, and longer", "new")));
        Assert.That(Names, Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Dispose_BeforeItIsComplete_LeavesWhatWasThere()
    {
        string path = _folder.Write("x", "older");
        using (var file = new WholeFile(path)) file.Stream.Write("half"u8);
        using (var file = new WholeFile(PathOf("y"))) file.Stream.Write("half"u8);

        Assert.That(File.ReadAllText(path), Is.EqualTo("older"));
        Assert.That(Names, Is.EqualTo(new[] { "x" }));
    }

    [Test]
    [Platform(Include = "Unix")]
    public void Write_ToALink_ReachesWhatItLeadsTo()
    {
        string path = _folder.Write("x", "older");
        File.CreateSymbolicLink(PathOf("link"), path);
        using (var file = new WholeFile(PathOf("link"))) file.WriteText(writer => writer.Write("new"));

        Assert.That(File.ReadAllText(path), Is.EqualTo("new"));
        Assert.That(new FileInfo(PathOf("link")).LinkTarget, Is.EqualTo(path));
    }

    [Test]
    [Platform(Include = "Linux")]
    public void Write_ToADeviceOrPipe_DoesNotReplaceIt()
    {
        using (var file = new WholeFile("/dev/null")) file.WriteText(writer => writer.Write("gone"));
        using (Process mkfifo = Process.Start("mkfifo", [PathOf("pipe")])) mkfifo.WaitForExit();
        Task<string> reader = Task.Run(() => File.ReadAllText(PathOf("pipe")));
        using (var file = new WholeFile(PathOf("pipe"))) file.WriteText(writer => writer.Write("through"));

        Assert.That(reader.Result, Is.EqualTo("through"));
        Assert.That(File.ReadAllText("/dev/null"), Is.Empty);
        Assert.That(Names, Is.EqualTo(new[] { "pipe" }));
    }

    [Test]
    public void Open_WhereNothingCanBeWritten_Fails()
    {
        Assert.That(() => new WholeFile(_folder.FullName), Throws.InstanceOf<IOException>().With.Message.EqualTo("it is a folder"));
        Assert.That(() => new WholeFile(PathOf("none/x")), Throws.InstanceOf<IOException>());
        Assert.That(Names, Is.Empty);
    }
}
