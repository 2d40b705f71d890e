namespace BpfConformance.Engine.Comparison;

/// <summary>Finds where memory or packets differ.</summary>
public static class DataComparer
{
    /// <summary>
    /// The first offset at which they differ in a bit of <paramref name="mask"/>, the shorter length when one only ends
    /// earlier, or <c>null</c> when they are equal.
    /// </summary>
    public static int? FirstDifference(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, ReadOnlySpan<byte> mask)
    {
        int common = Math.Min(left.Length, right.Length);
        int i = left.CommonPrefixLength(right);
        while (i < common && ((left[i] ^ right[i]) & mask[i]) == 0) i++;
        return i < common || left.Length != right.Length ? i : null;
    }
}
