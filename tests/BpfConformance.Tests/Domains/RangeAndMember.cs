using System.Numerics;
using BpfConformance.Domains;

namespace BpfConformance.Tests.Domains;

/// <summary>A range and a number in it, made from any four numbers.</summary>
internal readonly record struct RangeAndMember(ScalarRange Range, ulong Member)
{
    /// <param name="kind">Decides how much is known.</param>
    /// <param name="first">An end of the range, or the member.</param>
    /// <param name="second">The other end, or which bits are unknown.</param>
    /// <param name="third">Chooses within.</param>
    public static RangeAndMember Of(byte kind, ulong first, ulong second, ulong third)
    {
        int shift = (kind >> 2) % 64; // narrow ranges too
        ulong low = Math.Min(first >> shift, second >> shift);
        ulong high = Math.Max(first >> shift, second >> shift);
        ulong member = high - low == ulong.MaxValue ? third : low + (third % (high - low + 1));
        return (kind & 3) switch
        {
            0 => new(ScalarRange.Constant(first), first),
            1 => new(ScalarRange.Between(low, high), member),
            2 => new(ScalarRange.Constant(first).Join(ScalarRange.Constant(BitOperations.RotateLeft(first, shift))), first),
            _ => new(ScalarRange.Unknown, third),
        };
    }
}
