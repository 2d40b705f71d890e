using System.Collections.Immutable;

namespace BpfConformance.Engine.Generation;

/// <summary>
/// The numbers at which arithmetic, shifts, extensions and immediates have their ends, and one whose bytes all differ: what a machine gets wrong it mostly
/// gets wrong with one of them. The first two are short, for all their pairs; <see cref="Edges"/> is for what is chosen by chance.
/// </summary>
public static class ValueLattice
{
    /// <summary>For registers and memory.</summary>
    public static ImmutableArray<ulong> Words { get; } =
    [
        0, 1, 2, 7, 31, 32, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_8000_0000, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff, 0x0123_4567_89ab_cdef,
    ];

    /// <summary>For immediates of 32 bits.</summary>
    public static ImmutableArray<int> Immediates { get; } =
    [
        0, 1, 2, 7, 31, 32, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, int.MaxValue, int.MinValue, -2, -1, 0x0123_4567,
    ];

    /// <summary>For what lies in memory and in constants: around the ends of 8, 16, 32 and 64 bits, single bits, small numbers, halves of different kinds.</summary>
    public static ImmutableArray<ulong> Edges { get; } = [.. AllEdges()];

    private static HashSet<ulong> AllEdges()
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

        return words;
    }
}
