using System.Collections.Immutable;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>
/// The value sets <c>edges8</c> to <c>edges64</c>: 0, and ±2^k − 1, ±2^k, ±2^k + 1 for the k at which machines, their
/// immediates and their registers have ends; of one width, ascending as unsigned numbers.
/// </summary>
internal static class EdgeValues
{
    private const string Prefix = "edges";

    private static readonly int[] s_powers = [0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 24, 30, 31, 32, 33, 40, 47, 48, 62, 63];

    private static readonly ImmutableDictionary<string, ImmutableArray<long>> s_sets =
        new[] { 8, 16, 32, 64 }.ToImmutableDictionary(bits => $"{Prefix}{bits}", Of);

    /// <summary>The set of that name, or <c>null</c>.</summary>
    public static ImmutableArray<long>? Named(string name) => s_sets.TryGetValue(name, out ImmutableArray<long> set) ? set : null;

    private static ImmutableArray<long> Of(int bits)
    {
        var values = new SortedSet<ulong> { 0 };
        ulong mask = ulong.MaxValue >> (64 - bits);
        foreach (int k in s_powers.Where(k => k < bits))
        {
            ulong power = 1ul << k;
            foreach (ulong near in (ulong[])[power - 1, power, power + 1])
            {
                values.Add(near & mask);
                values.Add(unchecked(0 - near) & mask);
            }
        }

        return [.. values.Select(value => unchecked((long)value))];
    }
}
