using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace BpfConformance.Harnesses.Coverage;

/// <summary>
/// Which counters were ever raised, and roughly how far: eight classes for each counter, as AFL has them. A feature is a counter and a class.
/// </summary>
internal sealed class FeatureSet
{
    private static readonly byte[] s_classOf = ClassesOfCounts();

    private readonly byte[] _seen = new byte[BranchMap.Size];

    /// <summary>Features seen.</summary>
    public int Count { get; private set; }

    /// <summary>Counters seen raised.</summary>
    public int Edges { get; private set; }

    /// <summary>Takes what the counters show, and clears them.</summary>
    /// <returns>How many features are new.</returns>
    public int Absorb(Span<byte> counters)
    {
        int before = Count;
        Span<Vector256<byte>> blocks = MemoryMarshal.Cast<byte, Vector256<byte>>(counters);
        for (int block = 0; block < blocks.Length; block++)
        {
            if (blocks[block] == Vector256<byte>.Zero) continue;
            uint raised = ~Vector256.Equals(blocks[block], Vector256<byte>.Zero).ExtractMostSignificantBits();
            for (; raised != 0; raised &= raised - 1)
            {
                int counter = (block * Vector256<byte>.Count) + BitOperations.TrailingZeroCount(raised);
                Add(counter, counters[counter]);
            }

            blocks[block] = Vector256<byte>.Zero;
        }

        return Count - before;
    }

    /// <summary>The features that the counters show; clears them.</summary>
    public static List<int> Take(Span<byte> counters)
    {
        var features = new List<int>();
        for (int i = 0; i < counters.Length; i++)
        {
            if (counters[i] != 0) features.Add((i << 3) | BitOperations.TrailingZeroCount(s_classOf[counters[i]]));
        }

        counters.Clear();
        return features;
    }

    private void Add(int counter, byte count)
    {
        int isNew = s_classOf[count] & ~_seen[counter];
        if (isNew == 0) return;
        if (_seen[counter] == 0) Edges++;
        _seen[counter] |= (byte)isNew;
        Count++;
    }

    /// <summary>1, 2, 3, 4–7, 8–15, 16–31, 32–127 and more, a bit each.</summary>
    private static byte[] ClassesOfCounts()
    {
        int[] least = [1, 2, 3, 4, 8, 16, 32, 128];
        var classes = new byte[256];
        for (int count = 1; count < classes.Length; count++) classes[count] = (byte)(1 << Array.FindLastIndex(least, from => count >= from));
        return classes;
    }
}
