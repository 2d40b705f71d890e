using BpfConformance.Harnesses;
using NUnit.Framework;

namespace BpfConformance.Tests.Harnesses;

/// <summary>A folder that engines share.</summary>
[TestFixture]
public sealed class InputFolderTests
{
    private const int Looks = 500;

    /// <summary>So many that a look takes longer than a file is there.</summary>
    private const int Stay = 200;

    private DirectoryInfo _folder = null!; // before each test

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("bpfconf-inputs-");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public void Files_WhileAnotherTakesThemAway_AreThoseThatAreThere()
    {
        var inputs = new InputFolder(_folder.FullName);
        string[] stay = [.. Enumerable.Range(0, Stay).Select(i => inputs.Save(BitConverter.GetBytes(-1 - i))).Order(StringComparer.Ordinal)];
        using var end = new CancellationTokenSource();
        var other = Task.Run(() =>
        {
            for (int i = 0; !end.IsCancellationRequested; i++) File.Delete(inputs.Save(BitConverter.GetBytes(i % 8)));
        });

        try
        {
            for (int i = 0; i < Looks; i++) Assert.That(stay.Except(inputs.Files), Is.Empty);
        }
        finally
        {
            end.Cancel();
            other.Wait();
        }
    }

    [Test]
    public void TryRead_OfWhatIsGone_IsNull()
    {
        string file = new InputFolder(_folder.FullName).Save("gone"u8);
        File.Delete(file);
        Assert.That(InputFolder.TryRead(file), Is.Null);
    }
}
