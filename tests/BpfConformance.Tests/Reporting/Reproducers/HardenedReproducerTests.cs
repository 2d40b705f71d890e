using BpfConformance.Engine.Cases;
using BpfConformance.Reporting.Reproducers;
using BpfConformance.Targets.Kernel;
using BpfConformance.Tests.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Reporting.Reproducers;

/// <summary>The program in C that sets <c>net.core.bpf_jit_harden</c>, on files that stand for the setting: it ends when it has set it.</summary>
public sealed class HardenedReproducerTests
{
    private HardeningFiles _files = new();

    private string Setting => _files.Setting;

    private string State => _files.State;

    private string Seen => _files.PathOf("seen");

    [SetUp]
    public void MakeSetting() => _files = new HardeningFiles();

    [TearDown]
    public void RemoveSetting() => _files.Dispose();

    [TestCase("exit(0);", 0)]
    [TestCase("fail(\"an end\");", 2)]
    [TestCase("raise(SIGINT);", 130)]
    [TestCase("raise(SIGTERM);", 143)]
    public void Program_HoweverItEnds_PutsBack(string end, int code)
    {
        Assert.That(Run(end), Is.EqualTo(code));

        Assert.That((File.ReadAllText(Seen), File.ReadAllText(Setting), File.ReadAllText(State)), Is.EqualTo(("2\n", "1\n", string.Empty)));
    }

    [Test]
    public void Program_AfterOneThatWasKilled_PutsBackWhatWasBefore()
    {
        File.WriteAllText(Setting, "2\n");
        File.WriteAllText(State, "0\n");

        Assert.That(Run("exit(0);"), Is.Zero);

        Assert.That((File.ReadAllText(Seen), File.ReadAllText(Setting), File.ReadAllText(State)), Is.EqualTo(("2\n", "0\n", string.Empty)));
    }

    [Test]
    public void Program_WhileACommandHasSetIt_LeavesItToThat()
    {
        using (JitHardening.Set(Setting, State))
        {
            Assert.That(Run("exit(0);"), Is.Zero);
            Assert.That((File.ReadAllText(Seen), File.ReadAllText(Setting)), Is.EqualTo(("2\n", "2\n")));
        }

        Assert.That(File.ReadAllText(Setting), Is.EqualTo("1\n"));
    }

    [Test]
    public void Program_WhileSomebodyHasIt_RunsWhereItIsSetOrNotToBeSeen()
    {
        using FileStream other = new(State, FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.That(Run("exit(0);"), Is.EqualTo(2), "it is 1");

        File.Delete(Setting); // as in another network namespace
        Assert.That(Run("exit(0);"), Is.Zero);
    }

    /// <summary>What it exits with, when it has been told to look at the setting and to end.</summary>
    private int Run(string end)
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there is no such setting");
        string look = $"\tharden();\n\tif (system(\"cat '{Setting}' > '{Seen}'; true\"))\n\t\texit(99);\n\t{end}\n";
        string source = new KernelReproducer { IsHardened = true }.Write(VectorReader.Read("-- asm\nr0 = 5\nexit\n-- result\n5\n", "x", "x"))
            .Replace("\tharden();\n", look, StringComparison.Ordinal)
            .Replace($"\"{JitHardening.SettingFile}\"", $"\"{Setting}\"", StringComparison.Ordinal)
            .Replace($"\"{JitHardening.StateFile}\"", $"\"{State}\"", StringComparison.Ordinal);
        Assert.That(source, Does.Contain(look).And.Contain($"\"{Setting}\"").And.Contain($"\"{State}\""));
        (int? code, string said) = CompiledReproducer.Run(source, runs: true);
        if (code is null) Assert.Ignore(said);
        Assert.That(code, Is.Not.EqualTo(CompiledReproducer.DoesNotCompile), said);
        return code!.Value; // or it is ignored
    }
}
