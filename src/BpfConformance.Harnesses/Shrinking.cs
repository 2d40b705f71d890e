namespace BpfConformance.Harnesses;

/// <summary>Makes an input shorter as long as it still shows what it showed: pieces of half its length, then of half that, down to bytes.</summary>
internal static class Shrinking
{
    /// <summary>A failure is to be seen soon; who wants the shortest runs a reducer.</summary>
    private const int MostTries = 1000;

    /// <param name="input">The input.</param>
    /// <param name="shows">Whether an input still shows it.</param>
    public static byte[] Of(ReadOnlySpan<byte> input, Func<byte[], bool> shows)
    {
        byte[] shortest = input.ToArray();
        int tries = 0;
        for (int piece = Math.Max(1, shortest.Length / 2); ; piece /= 2)
        {
            for (int at = 0; at < shortest.Length;)
            {
                if (++tries > MostTries) return shortest;
                byte[] candidate = [.. shortest.AsSpan(0, at), .. shortest.AsSpan(Math.Min(at + piece, shortest.Length))];
                if (shows(candidate)) shortest = candidate;
                else at += piece;
            }

            if (piece <= 1) return shortest;
        }
    }
}
