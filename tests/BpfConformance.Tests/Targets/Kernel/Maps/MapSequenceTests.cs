using System.Collections.Concurrent;
using System.Diagnostics;
using BpfConformance.Tests.Jit;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random sequences of operations on maps, by programs and user space: every step and what is left must be the kernel's.</summary>
[TestFixture]
internal sealed class MapSequenceTests : KernelFixture
{
    private const int StepsEach = 200;

    /// <summary>Sequences that share a load: maps are created anew for each.</summary>
    private const int SharingALoad = 12;

    /// <summary>With all kinds together more than 10,000; fewer of those for which the kernel waits.</summary>
    private const int SequencesOfAKind = 920;
    private const int SequencesThatWait = 440;

    /// <summary>The kernel waits after every change of a map of maps, for all who wait at the same time together.</summary>
    private const int ThreadsThatWait = 12;

    [TestCaseSource(typeof(MapKind), nameof(MapKind.All))]
    public void RandomSequence_OfEveryKind_AgreesWithTheKernel(MapKind kind)
    {
        int seed = RandomTest.Seed();
        int sequences = RandomTest.Programs(kind.IsSlow ? SequencesThatWait : SequencesOfAKind);
        int loads = (sequences + SharingALoad - 1) / SharingALoad;
        var tally = new DeedTally();
        var failures = new ConcurrentQueue<string>();
        var watch = Stopwatch.StartNew();
        var threads = new ParallelOptions { MaxDegreeOfParallelism = kind.IsSlow ? ThreadsThatWait : 1 };
        Parallel.For(0, loads, threads, () => new MapMachines(), (load, state, machines) =>
        {
            int count = Math.Min(SharingALoad, sequences - (load * SharingALoad));
            if (RunSharing(machines, kind, unchecked(seed + load), count, tally) is not { } failure) return machines;
            failures.Enqueue(failure);
            state.Stop();
            return machines;
        }, machines => machines.Dispose());

        TestContext.Out.WriteLine($"{kind}: {sequences} sequences, {sequences * StepsEach} operations in {watch.Elapsed.TotalSeconds:f1} s\n{tally}");
        Assert.That(failures, Is.Empty);
    }

    /// <summary>What is wrong, with the seed and what is left of the sequence; or <c>null</c>.</summary>
    private static string? RunSharing(MapMachines machines, MapKind kind, int seed, int count, DeedTally tally)
    {
        var random = new Random(seed);
        var about = new MapSequence(kind, new DefinitionGenerator(random).Next(kind), []);
        using SequenceRunner runner = machines.Load(about);
        for (int i = 0; i < count; i++)
        {
            MapSequence sequence = about with { Steps = new StepGenerator(random, about).Next(StepsEach) };
            if (runner.Difference(sequence) is { } difference) return $"BPFCONF_SEED={seed} sequence {i}: {Explain(machines, sequence, difference)}";
            runner.AddTo(tally, sequence);
        }

        return null;
    }

    private static string Explain(MapMachines machines, MapSequence sequence, SequenceDifference difference)
    {
        MapSequence small = new SequenceShrinker(each => Alone(machines, each, out _) is not null).Shrink(sequence);
        return Alone(machines, small, out string text) is { } still
            ? $"step {still.Step}: {still.Text}\n{text}"
            : $"step {difference.Step}: {difference.Text}; alone it does not happen";
    }

    private static SequenceDifference? Alone(MapMachines machines, MapSequence sequence, out string text)
    {
        using SequenceRunner runner = machines.Load(sequence);
        SequenceDifference? difference = runner.Difference(sequence);
        text = difference is null ? string.Empty : SequenceText.Of(sequence, runner.OfKernel);
        return difference;
    }
}
