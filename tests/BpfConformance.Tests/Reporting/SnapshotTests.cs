using NUnit.Framework;

namespace BpfConformance.Tests.Reporting;

[TestFixture]
public sealed class SnapshotTests
{
    private string _folder = string.Empty;

    private string Source => Path.Combine(_folder, "Type.cs");

    private string Received => Path.Combine(_folder, "Type.Test.received.txt");

    private string Verified => Path.Combine(_folder, "Type.Test.verified.txt");

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("bpfconf-snapshot-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    private string? Failure(string actual)
    {
        using (new global::NUnit.Framework.Internal.TestExecutionContext.IsolatedContext())
        {
            try
            {
                Snapshot.Verify(actual, Source, "Test");
                return null;
            }
            catch (AssertionException failure)
            {
                return failure.Message;
            }
        }
    }

    [Test]
    public void Verify_New_FailsAndLeavesWhatWasReceived()
    {
        string? failure = Failure("text");

        Assert.That(failure, Does.StartWith("New snapshot."));
        Assert.That(File.ReadAllText(Received), Is.EqualTo("text\n"));
    }

    [Test]
    public void Verify_Different_FailsWithTheDifference()
    {
        File.WriteAllText(Verified, "one\ntwo\n");

        string? failure = Failure("one\nthree");

        Assert.That(failure, Does.Contain("  one\n- two\n+ three\n"));
        Assert.That(File.Exists(Received), Is.True);
    }

    [Test]
    public void Verify_Equal_PassesAndRemovesWhatWasReceivedBefore()
    {
        File.WriteAllText(Verified, "one\r\ntwo");
        File.WriteAllText(Received, "old");

        Assert.That(Failure("one\ntwo\n"), Is.Null);
        Assert.That(File.Exists(Received), Is.False);
    }
}
