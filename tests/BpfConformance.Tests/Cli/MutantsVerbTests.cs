using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

internal sealed class MutantsVerbTests
{
    private const string Add = """
        -- asm
        r0 = *(u64 *)(r1 + 0)
        r3 = *(u64 *)(r1 + 8)
        r0 += r3
        exit
        -- cases
        0100000000000000 0200000000000000 -> 0x3

        """;

    [Test]
    public void Mutants_ThatAllDie_AnswerSuccess()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("add.vector", Add);

        Invocation said = Bpfconf.Run("mutants", file, "--mutant", "add64-reg/does-s*");

        Assert.That(said.Code, Is.Zero, said.Output);
        Assert.That(said.Output, Does.Contain("wrong operation"));
    }

    [Test]
    public void Mutant_ThatSurvives_IsNamedAndFails()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("add.vector", Add);

        Invocation said = Bpfconf.Run("mutants", file, "--mutant", "add64-reg/is-32-bit");

        Assert.That(said.Code, Is.EqualTo(1));
        Assert.That(said.Output, Does.Contain("add64-reg/is-32-bit: as if add64-reg worked on 32 bits"));
    }

    [Test]
    public void Report_WithAnotherSuite_HoldsBothScoresAndNoTime()
    {
        using var folder = new TemporaryFolder();
        string weak = folder.Write("weak.vector", Add);
        string strong = folder.Write("strong.vector", Add + "ffffffffffffffff 0100000000000000 -> 0x0\nffffffff00000000 0100000000000000 -> 0x100000000\n");
        string report = Path.Combine(folder.FullName, "report.md");

        Bpfconf.Run("mutants", strong, "--mutant", "add64-reg/is-32-bit*", "--compare", weak, "--report", report);

        string[] lines = File.ReadAllLines(report);
        Assert.That(lines, Does.Contain("| strong.vector | 3 | 0 | 0 | 3 | 0 | **100.0 %** |"));
        Assert.That(lines, Does.Contain("| weak.vector | 3 | 0 | 0 | 0 | 3 | **0.0 %** |"));
        Assert.That(lines, Does.Contain("| `add64-reg` | 3 | 0 | 0 | 3 | 0 | 100.0 % | 0.0 % |"));
    }

    [Test]
    public void Pattern_ThatMatchesNothing_IsAUsageError()
    {
        Invocation said = Bpfconf.Run("mutants", "--mutant", "nothing");

        Assert.That(said.Code, Is.EqualTo(2));
        Assert.That(said.Error, Is.EqualTo("bpfconf: no mutant matches 'nothing'\n"));
    }
}
