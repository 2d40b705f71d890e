using BpfConformance.Engine.Cases;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>Random programs on the sockets of the connection: what they see, what they return, and which bytes come out must be the kernel's.</summary>
[TestFixture]
internal sealed class StreamCaseTests : KernelFixture
{
    private const int Cases = 150;

    /// <summary>Of a step of which the reference does not say what comes of it; those before it have been compared.</summary>
    private const string LeftOpen = ": Inconclusive ";

    [Test]
    [Explicit("Linux 6.18.44 warns of some cases: strp_done of a parser that was not stopped, sequence numbers in tcp_recvmsg_locked")]
    public void RandomWrites_ThroughProgramsOfMaps_ComeOutAsTheKernelHasThem()
    {
        int seed = RandomTest.Seed();
        int cases = RandomTest.Programs(Cases);
        using var machines = new ComparedMachines();
        int compared = 0;
        for (int i = 0; i < cases; i++)
        {
            string text = new StreamCase(new Random(unchecked(seed + i))).Text();
            MachineComparison comparison = machines.Compare(VectorReader.Read(text, "random.vector", "random"));
            bool isOpen = comparison.Difference?.Contains(LeftOpen, StringComparison.Ordinal) == true;
            if (!isOpen) Assert.That(comparison.Difference, Is.Null, $"BPFCONF_SEED={unchecked(seed + i)}\n{text}");
            if (!isOpen && comparison.Refusal is null) compared++;
            else TestContext.Out.WriteLine($"BPFCONF_SEED={unchecked(seed + i)}: {comparison.Refusal ?? comparison.Difference}");
        }

        TestContext.Out.WriteLine($"{compared} of {cases} compared to the end");
        Assert.That(compared, Is.GreaterThanOrEqualTo(cases / 2));
    }
}
