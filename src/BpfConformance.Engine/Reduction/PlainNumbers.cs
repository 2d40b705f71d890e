using System.Numerics;

namespace BpfConformance.Engine.Reduction;

/// <summary>Which numbers are plainer than others: those with fewer bits, then those with fewer that are set.</summary>
internal static class PlainNumbers
{
    /// <summary>Some that are plainer than one, the plainest first.</summary>
    public static IEnumerable<long> Below(long number)
    {
        long magnitude = number < 0 ? unchecked(-number) : number;
        long highest = number == long.MinValue || number == 0 ? number : 1L << BitOperations.Log2((ulong)magnitude);
        return new[] { 0, 1, -1, number < 0 ? unchecked(-highest) : highest, number / 2, number & (number - 1) }
            .Where(other => Weight(other) < Weight(number)).Distinct();
    }

    private static int Weight(long number)
    {
        ulong magnitude = number < 0 ? unchecked((ulong)-number) : (ulong)number;
        int bits = 64 - BitOperations.LeadingZeroCount(magnitude);
        return (bits << 8) + (BitOperations.PopCount(magnitude) << 1) + (number < 0 ? 1 : 0);
    }
}
