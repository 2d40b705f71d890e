using System.Collections.Concurrent;
using System.Diagnostics;
using BpfConformance.Engine.Targets;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>Random programs that call each other, functions and, by helpers, functions: every step and what is left must be the kernel's.</summary>
[TestFixture]
internal sealed class CallSequenceTests : KernelFixture
{
    private const int Sequences = 600;

    /// <summary>
    /// Seen in 6.18.44, each from a load alone: "verifier bug: static subprog leftover stack slots" and "callback unexpected regs" (callbacks),
    /// "No program to jit" (bpf_loop, zero times), and __mark_chain_precision writing outside its masks, which is an oops: functions that
    /// tail call, and a caller that needs to know what they return.
    /// </summary>
    private const string Danger = "some of the programs break the verifier of Linux 6.18: it warns, or writes outside its memory";

    /// <summary>The kernel waits for all programs when an entry is deleted (bpf_arch_poke_desc_update), for all who wait at the same time together.</summary>
    private const int Threads = 8;

    [Test]
    [Explicit(Danger)]
    public void RandomTailCalls_OfSeveralPrograms_AgreeWithTheKernel() => Compare(hasCallbacks: false);

    [Test]
    [Explicit(Danger)]
    public void RandomCallbacks_OfSeveralPrograms_AgreeWithTheKernel() => Compare(hasCallbacks: true);

    private static void Compare(bool hasCallbacks)
    {
        int seed = RandomTest.Seed();
        int sequences = RandomTest.Programs(Sequences);
        var tally = new CallTally();
        var failures = new ConcurrentQueue<string>();
        var watch = Stopwatch.StartNew();
        var threads = new ParallelOptions { MaxDegreeOfParallelism = Threads };
        Parallel.For(0, sequences, threads, () => new ComparedMachines(), (i, state, machines) =>
        {
            if (Run(machines, unchecked(seed + i), hasCallbacks, tally) is not { } failure) return machines;
            failures.Enqueue($"BPFCONF_SEED={unchecked(seed + i)}: {failure}");
            state.Stop();
            return machines;
        }, machines => machines.Dispose());

        TestContext.Out.WriteLine($"{tally.Accepted} of {sequences} sequences accepted, in {watch.Elapsed.TotalSeconds:f1} s\n{tally}");
        Assert.That(failures, Is.Empty);
        Assert.That(tally.Accepted, Is.GreaterThanOrEqualTo(sequences * 9 / 10));
        Assert.That(tally.AtTheLimit, Is.Positive);
    }

    /// <summary>What is wrong, or <c>null</c>.</summary>
    private static string? Run(ComparedMachines machines, int seed, bool hasCallbacks, CallTally tally)
    {
        CallSequence sequence = new CallSequenceGenerator(new Random(seed), hasCallbacks).Next();
        try
        {
            MachineComparison comparison = machines.Compare(sequence.ToCase());
            if (comparison.Difference is { } difference) return Explain(machines, sequence, difference);

            // The kernel says so in its own log but once.
            if (comparison.Refusal is { } bug && bug.Contains("verifier bug", StringComparison.Ordinal)) return $"{bug}\n{sequence.Text()}";
            lock (tally)
            {
                if (comparison.Refusal is { } refusal) tally.AddRefusal(seed, refusal);
                else tally.Add(sequence, machines.OfKernel);
            }

            return null;
        }
        catch (TargetException broken)
        {
            return $"{broken.Message}\n{sequence.Text()}";
        }
    }

    private static string Explain(ComparedMachines machines, CallSequence sequence, string difference)
    {
        CallSequence small = new CallShrinker(each => each.Steps.Length > 0 && machines.Compare(each.ToCase()).Difference is not null).Shrink(sequence);
        string still = machines.Compare(small.ToCase()).Difference ?? $"{difference}; it does not happen again";
        return $"{still}\n{small.Text(machines.OfKernel)}";
    }
}
