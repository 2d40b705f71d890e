using System.Numerics;
using System.Runtime.CompilerServices;

namespace BpfConformance.Runtime.Maps;

/// <summary>Bob Jenkins' lookup3, as include/linux/jhash.h (6.18) has it: with it maps whose seed is zero are iterated in the kernel's order.</summary>
public static unsafe class JenkinsHash
{
    /// <summary>JHASH_INITVAL.</summary>
    public const uint Initial = 0xdeadbeef;

    /// <summary>Of words and of bytes alike: on a little-endian machine they have the same.</summary>
    public static uint Of(byte* key, int length, uint seed = 0)
    {
        uint a = unchecked(Initial + (uint)length + seed);
        (uint b, uint c) = (a, a);
        while (length > 3 * sizeof(uint))
        {
            a += Word(key);
            b += Word(key + sizeof(uint));
            c += Word(key + (2 * sizeof(uint)));
            Mix(ref a, ref b, ref c);
            key += 3 * sizeof(uint);
            length -= 3 * sizeof(uint);
        }

        if (length == 0) return c;
        a += Part(key, length);
        b += Part(key + sizeof(uint), length - sizeof(uint));
        c += Part(key + (2 * sizeof(uint)), length - (2 * sizeof(uint)));
        Finish(ref a, ref b, ref c);
        return c;
    }

    private static uint Word(byte* at) => Unsafe.ReadUnaligned<uint>(at);

    /// <summary>Up to four bytes, as many as there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Part(byte* at, int length) => length switch
    {
        <= 0 => 0,
        1 => *at,
        2 => Unsafe.ReadUnaligned<ushort>(at),
        3 => Unsafe.ReadUnaligned<ushort>(at) | (uint)at[2] << 16,
        _ => Word(at),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref uint a, ref uint b, ref uint c)
    {
        unchecked
        {
            a = (a - c) ^ BitOperations.RotateLeft(c, 4);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 6);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 8);
            b += a;
            a = (a - c) ^ BitOperations.RotateLeft(c, 16);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 19);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 4);
            b += a;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(ref uint a, ref uint b, ref uint c)
    {
        unchecked
        {
            c = (c ^ b) - BitOperations.RotateLeft(b, 14);
            a = (a ^ c) - BitOperations.RotateLeft(c, 11);
            b = (b ^ a) - BitOperations.RotateLeft(a, 25);
            c = (c ^ b) - BitOperations.RotateLeft(b, 16);
            a = (a ^ c) - BitOperations.RotateLeft(c, 4);
            b = (b ^ a) - BitOperations.RotateLeft(a, 14);
            c = (c ^ b) - BitOperations.RotateLeft(b, 24);
        }
    }
}
