using System.Runtime.InteropServices;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>The numbers that are put into memory and constants: edges of the <see cref="ValueLattice"/>, and any.</summary>
internal static class EdgeWords
{
    /// <summary>The one that belongs to 64 bits of chance: an edge in three of four cases.</summary>
    public static ulong Any(ulong chance) => (chance & 3) == 0 ? chance : ValueLattice.Edges[(int)((chance >> 2) % (ulong)ValueLattice.Edges.Length)];

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
}
