using System.Numerics;

namespace BpfConformance.Tests.Interpreter;

/// <summary>The values at which machines are tried: every power of two and its neighbors, of both signs.</summary>
internal static class EdgeLattice
{
    /// <summary>0, ±1, ±2^k, ±2^k ± 1 for k from 0 to 63, and the limits of 8, 16, 32 and 64 bits; each once, ascending.</summary>
    public static ulong[] Values { get; } = Build();

    /// <summary>The members that an immediate can say.</summary>
    public static int[] Immediates { get; } =
        [.. Values.Where(value => (long)value is >= int.MinValue and <= int.MaxValue).Select(value => (int)value)];

    private static ulong[] Build()
    {
        var values = new SortedSet<ulong> { 0, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000 };
        for (int k = 0; k < 64; k++)
        {
            BigInteger power = BigInteger.Pow(2, k);
            BigInteger[] near = [power - 1, power, power + 1, -power - 1, -power, -power + 1];
            foreach (BigInteger value in near) values.Add((ulong)(value & ulong.MaxValue));
        }

        return [.. values];
    }
}
