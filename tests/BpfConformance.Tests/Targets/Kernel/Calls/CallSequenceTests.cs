using System.Diagnostics;
using BpfConformance.Engine.Targets;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>Random programs that call each other, functions and, by helpers, functions: every step and what is left must be the kernel's.</summary>
[TestFixture]
internal sealed class CallSequenceTests : KernelFixture
{
    private const int Sequences = 1500;

    [Test]
    public void RandomCalls_OfSeveralPrograms_AgreeWithTheKernel()
    {
        int seed = RandomTest.Seed();
        int sequences = RandomTest.Programs(Sequences);
        var tally = new CallTally();
        var watch = Stopwatch.StartNew();
        using var machines = new CallMachines();
        for (int i = 0; i < sequences; i++)
        {
            CallSequence sequence = new CallSequenceGenerator(new Random(unchecked(seed + i))).Next();
            CallComparison comparison = Compare(machines, sequence, unchecked(seed + i));
            if (comparison.Difference is { } difference) Assert.Fail($"BPFCONF_SEED={unchecked(seed + i)}: {Explain(machines, sequence, difference)}");
            if (comparison.Refusal is { } refusal) tally.AddRefusal(refusal);
            else tally.Add(sequence, machines.OfKernel);
        }

        TestContext.Out.WriteLine($"{tally.Accepted} of {sequences} sequences accepted, in {watch.Elapsed.TotalSeconds:f1} s\n{tally}");
        Assert.That(tally.Accepted, Is.GreaterThanOrEqualTo(sequences * 9 / 10));
    }

    private static CallComparison Compare(CallMachines machines, CallSequence sequence, int seed)
    {
        try
        {
            return machines.Compare(sequence);
        }
        catch (TargetException broken) when (broken.IsCrash)
        {
            throw new AssertionException($"BPFCONF_SEED={seed}: {broken.Message}\n{sequence.Text()}");
        }
    }

    private static string Explain(CallMachines machines, CallSequence sequence, string difference)
    {
        CallSequence small = new CallShrinker(each => each.Steps.Length > 0 && machines.Compare(each).Difference is not null).Shrink(sequence);
        string still = machines.Compare(small).Difference ?? $"{difference}; it does not happen again";
        return $"{still}\n{small.Text(machines.OfKernel)}";
    }
}
