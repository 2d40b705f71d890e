using BpfConformance.Engine.Cases;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>Random programs at all hooks of the network: what they see, what they return, and what becomes of packets, must be the kernel's.</summary>
[TestFixture]
internal sealed class NetworkCaseTests : KernelFixture
{
    private const int Cases = 150;

    [Test]
    public void RandomPackets_ThroughAllHooks_HaveTheFateThatTheKernelGivesThem()
    {
        int seed = RandomTest.Seed();
        int cases = RandomTest.Programs(Cases);
        using var machines = new ComparedMachines();
        int accepted = 0;
        for (int i = 0; i < cases; i++)
        {
            var network = new NetworkCase(new Random(unchecked(seed + i)));
            string text = network.Text();
            MachineComparison comparison = machines.Compare(VectorReader.Read(text, "random.vector", "random"), network.EndsOpen);
            Assert.That(comparison.Difference, Is.Null, $"BPFCONF_SEED={unchecked(seed + i)}\n{text}");
            if (comparison.Refusal is null) accepted++;
            else TestContext.Out.WriteLine($"BPFCONF_SEED={unchecked(seed + i)}: {comparison.Refusal}");
        }

        TestContext.Out.WriteLine($"{accepted} of {cases} accepted");
        Assert.That(accepted, Is.GreaterThanOrEqualTo(cases * 9 / 10));
    }
}
