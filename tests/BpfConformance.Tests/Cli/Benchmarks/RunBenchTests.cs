using BpfConformance.Cli.Benchmarks;
using BpfConformance.Engine.Cases;
using BpfConformance.Reporting.Bench;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Timing;
using BpfConformance.Tests.Engine;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli.Benchmarks;

[TestFixture]
internal sealed class RunBenchTests
{
    private static readonly InterleavedRounds s_rounds = new(roundNanoseconds: 1, batchNanoseconds: 1);

    // Counts in memory: it must be restored.
    private static TestCase Counter { get; } = VectorReader.Read(
        "-- asm\nr0 = *(u8 *)(r1 + 0)\nr0 += 1\n*(u8 *)(r1 + 0) = r0\nexit\n-- memory\n05\n-- result\n6\n-- memory-after\n06\n", "programs/counter.vector", "counter.vector");

    [Test]
    public void Add_OnSeveralTimers_ComparesTimesWithTheFirst()
    {
        var bench = new RunBench([Right("a", 200), Right("b", 300)], [new ReferenceTarget()], s_rounds);

        bench.Add(Counter, CancellationToken.None);

        Assert.That(bench.Speeds, Is.EqualTo(new RunSpeed[] { new("counter", "a", 200, 4, 1, true), new("counter", "b", 300, 4, 1.5, true) }));
        Assert.That((bench.HasUnequal, bench.NotMeasured), Is.EqualTo((false, Array.Empty<NotMeasured>())));
    }

    [Test]
    public void Add_AProgram_IsGivenToTimersWithItsSourceAndUnloaded()
    {
        FakeTimer timer = Right("a", 1);

        new RunBench([timer], [new ReferenceTarget()], s_rounds).Add(Counter, CancellationToken.None);

        Assert.That((timer.Loads.Count, timer.Unloads), Is.EqualTo((1, 1)));
        Assert.That(timer.Loads[0].Source, Is.EqualTo("programs/counter.c"));
        Assert.That(timer.Loads[0].RestoresMemory, Is.True);
    }

    [Test]
    public void Add_WhereTheFirstDoesNotLoadIt_HasNoRatios()
    {
        var bench = new RunBench([new FakeTimer("a") { Refusal = "too long" }, Right("b", 300)], [new ReferenceTarget()], s_rounds);

        bench.Add(Counter, CancellationToken.None);

        Assert.That(bench.Speeds, Is.EqualTo(new RunSpeed[] { new("counter", "b", 300, 4, null, true) }));
        Assert.That(bench.NotMeasured, Is.EqualTo(new NotMeasured[] { new("counter", "a", "too long") }));
        Assert.That(bench.HasUnequal, Is.False);
    }

    [Test]
    public void Add_WhereATimersResultIsWrong_IsNotTimedAnywhere()
    {
        FakeTimer right = Right("a", 1);
        var bench = new RunBench([right, new FakeTimer("b") { Shows = FakeTarget.Returned(7) }], [new ReferenceTarget()], s_rounds);

        bench.Add(Counter, CancellationToken.None);

        Assert.That(bench.Speeds, Is.Empty);
        Assert.That(bench.NotMeasured, Is.EqualTo(new NotMeasured[] { new("counter", null, "b: r0 is 0x7, where the reference has 0x6") }));
        Assert.That((bench.HasUnequal, right.Unloads), Is.EqualTo((true, 1)));
    }

    [Test]
    public void Add_WhereATargetsResultIsWrong_IsNotTimedAnywhere()
    {
        var bench = new RunBench([Right("a", 1)], [new ReferenceTarget(), FakeTarget.Returning("wrong", 9)], s_rounds);

        bench.Add(Counter, CancellationToken.None);

        Assert.That(bench.Speeds, Is.Empty);
        Assert.That((bench.HasUnequal, bench.NotMeasured[0].Reason), Is.EqualTo((true, "wrong: failed: expected r0 = 0x6, got r0 = 0x9")));
    }

    [Test]
    public void Add_AskedToStop_KeepsWhatWasMeasuredBefore()
    {
        using var source = new CancellationTokenSource();
        int measured = 0;
        var timer = new FakeTimer("a")
        {
            Shows = FakeTarget.Returned(6),
            OnMeasure = () =>
            {
                if (++measured == 15) source.Cancel();
            },
        };
        var bench = new RunBench([timer], [new ReferenceTarget()], s_rounds);

        bench.Add(Counter, source.Token);
        bench.Add(Counter, source.Token);
        Assert.That(() => bench.Add(Counter, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => bench.Add(Counter, source.Token), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(bench.Speeds.Select(speed => speed.Program), Is.EqualTo(new[] { "counter", "counter" }));
        Assert.That(timer.Unloads, Is.EqualTo(timer.Loads.Count));
    }

    private static FakeTimer Right(string name, double nanoseconds) => new(name) { Shows = FakeTarget.Returned(6), RunNanoseconds = nanoseconds };
}
