using System.Collections.Immutable;
using System.Diagnostics;

namespace BpfConformance.Targets.Timing;

/// <summary>Something that is done a number of times in a row, and answers with the average time of one, in nanoseconds.</summary>
public delegate double Measure(int repeat);

/// <summary>
/// Times several things in turn, round after round, and keeps the least average of each: whatever else the machine does slows
/// all of them, now and then, and never makes one faster.
/// </summary>
/// <param name="roundNanoseconds">How long each is measured in each round.</param>
/// <param name="batchNanoseconds">Over how long an average is taken: short, to find the moments when nothing else runs here; long, where what
/// is measured makes work that comes later, such as the collection of garbage.</param>
public sealed class InterleavedRounds(double roundNanoseconds, double batchNanoseconds)
{
    public const int MinRounds = 5;
    public const int MaxRounds = 20;

    /// <summary>Rounds that must bring nothing new before the least is believed.</summary>
    private const int QuietRounds = 3;

    /// <summary>A least that falls by a smaller part is nothing new.</summary>
    private const double Tolerance = 0.005;

    private const int MaxRepeat = 10_000_000;

    /// <summary>The least average of each, in nanoseconds.</summary>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public ImmutableArray<double> Minima(IReadOnlyList<Measure> measures, CancellationToken cancellation)
    {
        double[] least = [.. measures.Select(measure => Try(measure, cancellation))];
        for (int round = 1, quiet = 0; round <= MaxRounds && (round <= MinRounds || quiet < QuietRounds); round++)
        {
            quiet++;
            for (int i = 0; i < least.Length; i++)
            {
                double average = LeastOfRound(measures[i], least[i], cancellation);
                if (average < least[i] * (1 - Tolerance)) quiet = 0;
                least[i] = Math.Min(least[i], average);
            }
        }

        return [.. least];
    }

    private double LeastOfRound(Measure measure, double expected, CancellationToken cancellation)
    {
        int repeat = (int)Math.Clamp(batchNanoseconds / Math.Max(expected, 1), 1, MaxRepeat);
        double least = double.MaxValue;
        double spent = 0;
        long start = Stopwatch.GetTimestamp();
        do
        {
            cancellation.ThrowIfCancellationRequested();
            double average = measure(repeat);
            least = Math.Min(least, average);
            spent = Math.Max(spent + (Math.Max(average, 1) * repeat), Stopwatch.GetElapsedTime(start).TotalNanoseconds); // batches can cost more than what they measure
        }
        while (spent < roundNanoseconds * 0.9); // that a round were only nearly full is no reason for another batch
        return least;
    }

    /// <summary>Warms up, until it takes long enough for the clock to say how long one takes.</summary>
    private double Try(Measure measure, CancellationToken cancellation)
    {
        for (int repeat = 1; ; repeat *= 8)
        {
            cancellation.ThrowIfCancellationRequested();
            double average = measure(repeat);
            if (average * repeat >= batchNanoseconds / 10 || repeat > MaxRepeat / 8) return average;
        }
    }
}
