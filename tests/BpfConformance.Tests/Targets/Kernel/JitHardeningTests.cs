using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>On files that stand for the setting: that of the machine stays as it is.</summary>
[TestFixture]
public sealed class JitHardeningTests
{
    private HardeningFiles _files = new();

    private string Setting => _files.Setting;

    private string State => _files.State;

    [SetUp]
    public void MakeSetting() => _files = new HardeningFiles();

    [TearDown]
    public void RemoveSetting() => _files.Dispose();

    [Test]
    public void Set_UntilDisposed_ThenIsAsBefore()
    {
        JitHardening hardening = JitHardening.Set(Setting, State);

        Assert.That(File.ReadAllText(Setting), Is.EqualTo("2\n"));
        hardening.Dispose();
        Assert.That((File.ReadAllText(Setting), File.ReadAllText(State)), Is.EqualTo(("1\n", string.Empty)));
        Assert.That(hardening.Dispose, Throws.Nothing, "a process may exit meanwhile");
    }

    [Test]
    public void Set_AfterOneThatWasKilled_KeepsTheValueFromBeforeIt()
    {
        LeaveAsKilled();

        JitHardening.Set(Setting, State).Dispose();

        Assert.That((File.ReadAllText(Setting), File.ReadAllText(State)), Is.EqualTo(("0\n", string.Empty)));
    }

    [Test]
    public void Set_WhileAnotherHasIt_SaysSo()
    {
        using (JitHardening.Set(Setting, State))
        {
            Assert.That(
                () => JitHardening.Set(Setting, State),
                Throws.TypeOf<TargetException>().With.Message.EqualTo("net.core.bpf_jit_harden = 2 cannot be set: another command has set it, and puts it back when it ends"));
        }

        Assert.That(File.ReadAllText(Setting), Is.EqualTo("1\n"));
    }

    [TestCase("none", "state")]
    [TestCase("setting", "none/state")]
    public void Set_OfWhatCannotBeWritten_SaysWhyAndLocksNothing(string setting, string state)
    {
        Assert.That(
            () => JitHardening.Set(_files.PathOf(setting), _files.PathOf(state)),
            Throws.TypeOf<TargetException>().With.Message.StartsWith("net.core.bpf_jit_harden = 2 cannot be set: Could not find"));

        using (JitHardening.Set(Setting, State)) Assert.That(File.ReadAllText(Setting), Is.EqualTo("2\n"));
    }

    [Test]
    public void PutBackLeft_AfterOneThatWasKilled_PutsBack()
    {
        LeaveAsKilled();

        JitHardening.PutBackLeft(Setting, State);

        Assert.That((File.ReadAllText(Setting), File.ReadAllText(State)), Is.EqualTo(("0\n", string.Empty)));
    }

    [Test]
    public void PutBackLeft_WhileOneHasIt_LeavesItToThat()
    {
        using (JitHardening.Set(Setting, State))
        {
            JitHardening.PutBackLeft(Setting, State);
            Assert.That(File.ReadAllText(Setting), Is.EqualTo("2\n"));
        }
    }

    [Test]
    public void PutBackLeft_WhereNothingIsLeft_TouchesNothing()
    {
        JitHardening.PutBackLeft(Setting, State);

        Assert.That(File.Exists(State), Is.False);
        Assert.That(File.ReadAllText(Setting), Is.EqualTo("1\n"));
    }

    private void LeaveAsKilled()
    {
        File.WriteAllText(Setting, "2\n");
        File.WriteAllText(State, "0\n");
    }
}
