using BpfConformance.Targets.Timing;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Timing;

[TestFixture]
public sealed class InterleavedRoundsTests
{
    /// <summary>Of a time that is only told: beside a round of it, what really passes is nothing.</summary>
    private const double Second = 1e9;

    private const double RoundNanoseconds = 1000 * Second;

    [Test]
    public void Minima_OfMeasuresThatTakeTurns_AreTheLeastOfEach()
    {
        var turns = new List<char>();
        double[] times = [1000, 980, 960, 990, 940, 970]; // seconds
        int next = 0;

        IReadOnlyList<double> least = new InterleavedRounds(RoundNanoseconds, RoundNanoseconds).Minima(
            [
                _ =>
                {
                    turns.Add('a');
                    return times[Math.Min(next++, times.Length - 1)] * Second;
                },
                _ =>
                {
                    turns.Add('b');
                    return 2000 * Second;
                },
            ],
            CancellationToken.None);

        Assert.That(least, Is.EqualTo(new[] { 940 * Second, 2000 * Second }));
        Assert.That(string.Concat(turns), Does.StartWith("ababababab"));
    }

    [Test]
    public void Minima_ThatStandStill_TakeFiveRounds()
    {
        int calls = 0;
        new InterleavedRounds(RoundNanoseconds, RoundNanoseconds).Minima([Same], CancellationToken.None);

        Assert.That(calls, Is.EqualTo(1 + 5), "one to warm up");

        double Same(int repeat)
        {
            calls++;
            return 1000 * Second;
        }
    }

    [Test]
    public void Minima_ThatFallLate_TakeThreeMoreRounds()
    {
        int calls = 0;
        new InterleavedRounds(RoundNanoseconds, RoundNanoseconds).Minima([_ => ++calls < 6 ? 1000 * Second : 950 * Second], CancellationToken.None);

        Assert.That(calls, Is.EqualTo(6 + 3));
    }

    [Test]
    public void Minima_ThatFallForEver_TakeTwentyRounds()
    {
        int calls = 0;
        new InterleavedRounds(RoundNanoseconds, RoundNanoseconds).Minima([_ => 1100 * Second * Math.Pow(0.99, ++calls / 2.0)], CancellationToken.None);

        Assert.That(calls, Is.EqualTo(1 + 20));
    }

    [Test]
    public void Minima_OfWhatIsFast_IsRepeatedToFillTheRound()
    {
        var repeats = new List<int>();
        new InterleavedRounds(RoundNanoseconds, RoundNanoseconds).Minima([Fast], CancellationToken.None);

        Assert.That(repeats, Is.EqualTo(new[] { 1, 8, 64, 500, 500, 500, 500, 500 }));

        double Fast(int repeat)
        {
            repeats.Add(repeat);
            return 2 * Second;
        }
    }

    [Test]
    public void Minima_InShortBatches_FillTheRoundWithThem()
    {
        int calls = 0;
        IReadOnlyList<double> least = new InterleavedRounds(RoundNanoseconds, RoundNanoseconds / 10).Minima([_ => ++calls == 7 ? 90 * Second : 100 * Second], CancellationToken.None);

        Assert.That(least, Is.EqualTo(new[] { 90 * Second }));
        Assert.That(calls, Is.InRange(1 + (5 * 9), 1 + (5 * 11)));
    }

    [Test]
    public void Minima_AskedToStop_StopsBeforeTheNextMeasure()
    {
        using var source = new CancellationTokenSource();
        int calls = 0;

        Assert.That(() => new InterleavedRounds(RoundNanoseconds, RoundNanoseconds).Minima([Stopping, Stopping], source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(calls, Is.EqualTo(1));

        double Stopping(int repeat)
        {
            calls++;
            source.Cancel();
            return 1000 * Second;
        }
    }
}
