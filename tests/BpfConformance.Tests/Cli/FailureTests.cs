using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

/// <summary>What <c>run</c> prints of failures.</summary>
internal sealed class FailureTests
{
    private const string Program = "-- asm\nr0 = 7\nexit\n-- result\n";

    [Test]
    public void Failures_MoreThanAreToBeShown_AreCounted()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["a", "b", "c"]) folder.Write($"{name}.vector", Program + "8\n");

        Invocation said = Bpfconf.Run("run", folder.FullName, "--target", "reference", "--failures", "1");

        Assert.That(said.Code, Is.EqualTo(1), said.Error);
        Assert.That(said.Output, Does.Contain("a.vector:5: reference: wrong r0\n").And.Not.Contain("b.vector:5"));
        Assert.That(said.Output, Does.Contain("reference: 2 more failed (b.vector, c.vector)\nreference: 0 passed, 3 failed"));
    }

    [Test]
    public void Failures_OfSeveralFoldersAllToBeCounted_AreNamedThreeOfEach()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["x", "y"]) Directory.CreateDirectory(Path.Combine(folder.FullName, name));
        foreach (string name in (string[])["x/a", "x/b", "x/c", "x/d", "y/e"]) folder.Write($"{name}.vector", Program + "8\n");

        Invocation said = Bpfconf.Run("run", folder.FullName, "--target", "reference", "--failures", "0");

        Assert.That(said.Output, Does.StartWith("reference: 4 more failed in x (x/a.vector, x/b.vector, x/c.vector, …)\nreference: 1 more failed in y (y/e.vector)\n"));
    }

    [TestCase("7", 0, false)]
    [TestCase("8", 1, true)]
    public void Diagnosis_OfARun_IsMadeWhereATargetFails(string result, int code, bool isDiagnosed)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("seven.vector", Program + result);

        Invocation said = Bpfconf.Run("run", file, "--target", "reference", "--diagnose");

        Assert.That(said.Code, Is.EqualTo(code), said.Error);
        Assert.That(
            said.Output,
            isDiagnosed ? Does.Contain("reference: no known bug explains the failures: asked again, no run of it went wrong\n") : Does.Not.Contain("bug"));
    }
}
