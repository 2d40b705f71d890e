using System.Runtime.InteropServices;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>The numbers that are put into memory and constants: around the ends of 8, 16, 32 and 64 bits, single bits, halves of different kinds, and any.</summary>
internal static class EdgeWords
{
    private static readonly ulong[] s_words = All();

    /// <summary>The one that belongs to 64 bits of chance: an edge in three of four cases.</summary>
    public static ulong Any(ulong chance) => (chance & 3) == 0 ? chance : s_words[(chance >> 2) % (ulong)s_words.Length];

    /// <summary>Fills memory.</summary>
    /// <param name="bytes">Its length is a multiple of eight.</param>
    /// <param name="chance">What it follows from.</param>
    public static void Fill(Span<byte> bytes, ulong chance)
    {
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            // Marsaglia's xorshift64 with a multiplication, as of Vigna: the same numbers on every machine and .NET.
            chance ^= chance >> 12;
            chance ^= chance << 25;
            chance ^= chance >> 27;
            word = Any(unchecked(chance * 0x2545f4914f6cdd1d));
        }
    }

    private static ulong[] All()
    {
        var words = new HashSet<ulong> { 0, 1, ulong.MaxValue };
        foreach (int width in new[] { 8, 16, 32, 64 })
        {
            ulong largest = ulong.MaxValue >> (64 - width);
            ulong sign = 1ul << (width - 1);
            foreach (ulong edge in new[] { largest - 1, largest, unchecked(largest + 1), sign - 1, sign, sign + 1, unchecked(0 - sign), unchecked(0 - sign - 1) }) words.Add(edge);
        }

        for (int bit = 0; bit < 64; bit++) words.Add(1ul << bit);
        for (int small = 2; small < 17; small++) words.UnionWith([(ulong)small, unchecked((ulong)-small)]);
        uint[] halves = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x80008000, 0x7f80ff01];
        foreach (uint high in halves)
        {
            foreach (uint low in halves) words.Add(((ulong)high << 32) | low);
        }

        return [.. words];
    }
}
