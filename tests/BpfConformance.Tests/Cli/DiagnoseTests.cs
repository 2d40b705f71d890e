using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

internal sealed class DiagnoseTests
{
    private const string Program = "-- asm\nr0 = 7\nexit\n-- result\n";

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
            isDiagnosed ? Does.Contain("reference: no known bug explains the failures: none is of a run that the reference gets right\n") : Does.Not.Contain("bug"));
    }
}
