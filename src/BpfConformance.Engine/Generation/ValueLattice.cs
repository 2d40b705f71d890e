using System.Collections.Immutable;

namespace BpfConformance.Engine.Generation;

/// <summary>
/// The numbers at which arithmetic, shifts, extensions and immediates have their ends, and one whose bytes all differ: what a machine gets wrong it mostly
/// gets wrong with one of them.
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
}
