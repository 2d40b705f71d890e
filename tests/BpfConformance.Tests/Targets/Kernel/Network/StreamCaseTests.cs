using BpfConformance.Engine.Cases;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>Random programs on the sockets of the connection: what they see, what they return, and which bytes come out must be the kernel's.</summary>
[TestFixture]
internal sealed class StreamCaseTests : KernelFixture
{
    private const int Cases = 150;

    [Test]
    public void RandomWrites_ThroughProgramsOfMaps_ComeOutAsTheKernelHasThem()
    {
        int seed = RandomTest.Seed();
        int cases = RandomTest.Programs(Cases);
        using var machines = new ComparedMachines();
        int accepted = 0;
        for (int i = 0; i < cases; i++)
        {
            string text = new StreamCase(new Random(unchecked(seed + i))).Text();
            MachineComparison comparison = machines.Compare(VectorReader.Read(text, "random.vector", "random"));
            Assert.That(comparison.Difference, Is.Null, $"BPFCONF_SEED={unchecked(seed + i)}\n{text}");
            if (comparison.Refusal is null) accepted++;
            else TestContext.Out.WriteLine($"BPFCONF_SEED={unchecked(seed + i)}: {comparison.Refusal}");
        }

        TestContext.Out.WriteLine($"{accepted} of {cases} accepted");
        Assert.That(accepted, Is.GreaterThanOrEqualTo(cases * 9 / 10));
    }
}
