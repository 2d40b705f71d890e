using BpfConformance.Targets.Timing;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Timing;

[TestFixture]
public sealed class InterleavedRoundsTests
{
    private const double RoundNanoseconds = 1000;

    [Test]
    public void Minima_OfMeasuresThatTakeTurns_AreTheLeastOfEach()
    {
        var turns = new List<char>();
        double[] times = [1000, 900, 800, 950, 700, 990];
        int next = 0;

        IReadOnlyList<double> least = new InterleavedRounds(RoundNanoseconds).Minima(
            [
                _ =>
                {
                    turns.Add('a');
                    return times[Math.Min(next++, times.Length - 1)];
                },
                _ =>
                {
                    turns.Add('b');
                    return 2000;
                },
            ],
            CancellationToken.None);

        Assert.That(least, Is.EqualTo(new double[] { 700, 2000 }));
        Assert.That(string.Concat(turns), Does.StartWith("ababababab"));
    }

    [Test]
    public void Minima_ThatStandStill_TakeFiveRounds()
    {
        int calls = 0;
        new InterleavedRounds(RoundNanoseconds).Minima([Same], CancellationToken.None);

        Assert.That(calls, Is.EqualTo(1 + 5), "one to warm up");

        double Same(int repeat)
        {
            calls++;
            return 1000;
        }
    }

    [Test]
    public void Minima_ThatFallLate_TakeThreeMoreRounds()
    {
        int calls = 0;
        new InterleavedRounds(RoundNanoseconds).Minima([_ => ++calls < 6 ? 1000 : 900], CancellationToken.None);

        Assert.That(calls, Is.EqualTo(6 + 3));
    }

    [Test]
    public void Minima_ThatFallForEver_TakeTwentyRounds()
    {
        int calls = 0;
        new InterleavedRounds(RoundNanoseconds).Minima([_ => 1000.0 / ++calls], CancellationToken.None);

        Assert.That(calls, Is.EqualTo(1 + 20).Or.EqualTo(2 + 20));
    }

    [Test]
    public void Minima_OfWhatIsFast_IsRepeatedToFillTheRound()
    {
        var repeats = new List<int>();
        new InterleavedRounds(RoundNanoseconds).Minima([Fast], CancellationToken.None);

        Assert.That(repeats, Is.EqualTo(new[] { 1, 8, 64, 500, 500, 500, 500, 500 }));

        double Fast(int repeat)
        {
            repeats.Add(repeat);
            return 2;
        }
    }

    [Test]
    public void Minima_AskedToStop_StopsBeforeTheNextMeasure()
    {
        using var source = new CancellationTokenSource();
        int calls = 0;

        Assert.That(() => new InterleavedRounds(RoundNanoseconds).Minima([Stopping, Stopping], source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(calls, Is.EqualTo(1));

        double Stopping(int repeat)
        {
            calls++;
            source.Cancel();
            return 1000;
        }
    }
}
