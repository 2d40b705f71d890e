using BpfConformance.Engine.Cases;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Contexts;

/// <summary>Random programs of hooks: what they see of contexts and packets, and what they leave, must be the kernel's.</summary>
[TestFixture]
internal sealed class HookCaseTests : KernelFixture
{
    [Test]
    public void RandomPrograms_OfHooks_AgreeWithTheKernel() => Compare(600, HookKind.Driven);

    [Test]
    public void RandomPrograms_ThatAreAttached_AgreeWithTheKernel() => Compare(300, HookKind.OfGroup);

    /// <summary>Registers, samples, records and arguments.</summary>
    [Test]
    public void RandomPrograms_OfPerfEvents_AgreeWithTheKernel() => Compare(150, HookKind.OfProbe);

    [Test]
    public void RandomPrograms_WhoseContextsLeadToWhatIsGiven_AgreeWithTheKernel() => Compare(150, random => new LeadingCase(random).Text());

    private static void Compare(int usual, HookKind kind) => Compare(usual, random => new HookCase(random, kind).Text());

    private static void Compare(int usual, Func<Random, string> next)
    {
        int seed = RandomTest.Seed();
        int cases = RandomTest.Programs(usual);
        using var machines = new ComparedMachines();
        int accepted = 0;
        for (int i = 0; i < cases; i++)
        {
            string text = next(new Random(unchecked(seed + i)));
            MachineComparison comparison = machines.Compare(VectorReader.Read(text, "random.vector", "random"));
            Assert.That(comparison.Difference, Is.Null, $"BPFCONF_SEED={unchecked(seed + i)}\n{text}");
            if (comparison.Refusal is null) accepted++;
            else TestContext.Out.WriteLine($"BPFCONF_SEED={unchecked(seed + i)}: {comparison.Refusal}");
        }

        TestContext.Out.WriteLine($"{accepted} of {cases} accepted");
        Assert.That(accepted, Is.GreaterThanOrEqualTo(cases * 9 / 10));
    }
}
