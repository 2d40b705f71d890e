using System.Diagnostics;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
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

    /// <summary>With all kinds together more than 10,000.</summary>
    private const int SequencesOfAKind = 840;

    private IExecutionTarget _reference = null!; // Set before every test that is not skipped.
    private KernelTarget _target = null!; // As above.

    [SetUp]
    public void OpenTargets()
    {
        _reference = Keep(new ReferenceTarget());
        _target = Keep(KernelTarget.Create(_reference));
    }

    [TestCaseSource(typeof(MapKind), nameof(MapKind.All))]
    public void RandomSequence_OfEveryKind_AgreesWithTheKernel(MapKind kind)
    {
        int seed = RandomTest.Seed();
        int sequences = RandomTest.Programs(SequencesOfAKind);
        var watch = Stopwatch.StartNew();
        for (int first = 0; first < sequences; first += SharingALoad)
        {
            RunSharing(kind, unchecked(seed + first), Math.Min(SharingALoad, sequences - first));
        }

        TestContext.Out.WriteLine($"{kind}: {sequences} sequences, {sequences * StepsEach} operations in {watch.Elapsed.TotalSeconds:f1} s");
    }

    private void RunSharing(MapKind kind, int seed, int count)
    {
        var random = new Random(seed);
        var about = new MapSequence(kind, new DefinitionGenerator(random).Next(kind), []);
        using var runner = new SequenceRunner(_reference, _target, about.ToRequest());
        for (int i = 0; i < count; i++)
        {
            MapSequence sequence = about with { Steps = new StepGenerator(random, about).Next(StepsEach) };
            if (runner.Difference(sequence) is { } difference) Report(sequence, difference, $"BPFCONF_SEED={seed} sequence {i}");
        }
    }

    private void Report(MapSequence sequence, SequenceDifference difference, string from)
    {
        MapSequence small = new SequenceShrinker(each => Alone(each, out _) is not null).Shrink(sequence);
        SequenceDifference? still = Alone(small, out string text);
        Assert.Fail(still is null
            ? $"{from}: step {difference.Step}: {difference.Text}; alone it does not happen"
            : $"{from}: step {still.Step}: {still.Text}\n{text}");
    }

    private SequenceDifference? Alone(MapSequence sequence, out string text)
    {
        using var runner = new SequenceRunner(_reference, _target, sequence.ToRequest());
        SequenceDifference? difference = runner.Difference(sequence);
        text = difference is null ? string.Empty : SequenceText.Of(sequence, runner.OfKernel);
        return difference;
    }
}
