namespace BpfConformance.Engine.Reduction;

/// <summary>How ranges are taken from a row of things (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 2002).</summary>
internal static class Chunks
{
    /// <summary>
    /// Ranges of it, halves first and then ever smaller ones down to single elements, of each size from the end on: what comes later needs what comes before. When one is removed,
    /// the range in its place in this row is the next before it.
    /// </summary>
    /// <param name="count">Of things.</param>
    /// <param name="smallest">The smallest range.</param>
    public static IEnumerable<(int Start, int Count)> Of(int count, int smallest = 1)
    {
        for (int size = count / 2; size >= smallest; size /= 2)
        {
            for (int end = count; end > 0; end -= size)
            {
                int start = Math.Max(0, end - size);
                yield return (start, end - start);
            }
        }
    }
}
