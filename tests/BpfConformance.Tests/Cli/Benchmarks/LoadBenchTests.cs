using BpfConformance.Cli.Benchmarks;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Reporting.Bench;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Timing;
using BpfConformance.Tests.Engine;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli.Benchmarks;

[TestFixture]
internal sealed class LoadBenchTests
{
    private static readonly InterleavedRounds s_rounds = new(roundNanoseconds: 1, batchNanoseconds: 1);

    [Test]
    public void Add_SeveralLengths_MeasuresRunsOfShortOnesAndLeavesOutWhatIsTooLong()
    {
        var any = new FakeTimer("any") { Shows = Observation.Nothing };
        var few = new FakeTimer("few") { Shows = Observation.Nothing, MaxSlots = 64 };
        var bench = new LoadBench([any, few], new ReferenceTarget(), s_rounds);

        foreach (int slots in (int[])[2, 64, 4096]) bench.Add(slots, CancellationToken.None);

        Assert.That(bench.Speeds, Is.EqualTo(new LoadSpeed[]
        {
            new("any", 2, 2, 102), new("any", 64, 64, 164), new("any", 4096, 4096, null),
            new("few", 2, 2, 102), new("few", 64, 64, 164),
        }));
        Assert.That(bench.NotMeasured, Is.Empty);
    }

    [Test]
    public void Add_WhereAResultIsWrong_MeasuresTheOthers()
    {
        var bench = new LoadBench(
            [new FakeTimer("wrong") { Shows = FakeTarget.Returned(3) }, new FakeTimer("small") { Refusal = "too long" }, new FakeTimer("right")], new ReferenceTarget(), s_rounds);

        bench.Add(2, CancellationToken.None);

        Assert.That(bench.Speeds.Select(speed => speed.Target), Is.EqualTo(new[] { "right" }));
        Assert.That(bench.HasUnequal, Is.True);
        Assert.That(bench.NotMeasured, Is.EqualTo(new NotMeasured[]
        {
            new("load of 2 instructions", "wrong", "r0 is 0x3, where the reference has 0x2"),
            new("load of 2 instructions", "small", "too long"),
        }));
    }

    [TestCase(2)]
    [TestCase(512)]
    [TestCase(65536)]
    public void Add_OnTheReference_IsMeasured(int slots)
    {
        using var timer = new InProcessTimer("reference", ReferenceTarget.Loader(HandlerTable.Checked));
        var bench = new LoadBench([timer], new ReferenceTarget(), s_rounds);

        bench.Add(slots, CancellationToken.None);

        Assert.That(bench.Speeds.Single().NsPerSlot, Is.Positive);
    }

    [Test]
    public void Add_AskedToStop_KeepsNothingOfThisLength()
    {
        var bench = new LoadBench([new FakeTimer("any")], new ReferenceTarget(), s_rounds);

        Assert.That(() => bench.Add(2, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(bench.Speeds, Is.Empty);
    }
}
