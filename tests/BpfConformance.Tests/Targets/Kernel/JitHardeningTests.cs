using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>On files that stand for the setting: that of the machine stays as it is.</summary>
[TestFixture]
public sealed class JitHardeningTests
{
    private string _folder = string.Empty;

    private string Setting => Path.Combine(_folder, "setting");

    private string State => Path.Combine(_folder, "state");

    [SetUp]
    public void MakeSetting()
    {
        _folder = Directory.CreateTempSubdirectory("bpfconf-").FullName;
        File.WriteAllText(Setting, "1\n");
    }

    [TearDown]
    public void RemoveSetting() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Set_UntilDisposed_ThenIsAsBefore()
    {
        using JitHardening hardening = JitHardening.Open(Setting, State);

        using (hardening.Set()) Assert.That(File.ReadAllText(Setting), Is.EqualTo("2\n"));

        Assert.That((File.ReadAllText(Setting), File.ReadAllText(State)), Is.EqualTo(("1\n", string.Empty)));
    }

    [Test]
    public void Open_AfterOneThatWasKilled_PutsBackWhatItLeft()
    {
        File.WriteAllText(Setting, "2\n");
        File.WriteAllText(State, "0\n");

        using JitHardening hardening = JitHardening.Open(Setting, State);

        Assert.That((File.ReadAllText(Setting), File.ReadAllText(State)), Is.EqualTo(("0\n", string.Empty)));
    }

    [Test]
    public void Set_AfterOneThatWasKilled_KeepsTheValueFromBeforeIt()
    {
        using JitHardening hardening = JitHardening.Open(Setting, State);
        File.WriteAllText(Setting, "2\n");
        File.WriteAllText(State, "0\n");

        hardening.Set().Dispose();

        Assert.That(File.ReadAllText(Setting), Is.EqualTo("0\n"));
    }

    [Test]
    public void PutBack_WhileAnotherHasIt_LeavesItToThat()
    {
        using JitHardening first = JitHardening.Open(Setting, State);
        using JitHardening second = JitHardening.Open(Setting, State);

        using (first.Set())
        {
            second.PutBack();
            Assert.That(File.ReadAllText(Setting), Is.EqualTo("2\n"));
            Assert.That(() => second.Set(), Throws.TypeOf<TargetException>(), "it was not given back in time");
        }

        Assert.That(File.ReadAllText(Setting), Is.EqualTo("1\n"));
    }

    [Test]
    public void Open_WithoutASetting_SaysWhy() =>
        Assert.That(
            () => JitHardening.Open(Path.Combine(_folder, "none"), State),
            Throws.TypeOf<TargetException>().With.Message.StartsWith("net.core.bpf_jit_harden cannot be set: "));
}
