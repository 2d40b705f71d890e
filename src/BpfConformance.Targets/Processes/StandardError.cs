using System.Text;

namespace BpfConformance.Targets.Processes;

/// <summary>The end of what a child has said on its standard error: enough for a message, however much it says.</summary>
internal sealed class StandardError
{
    private const int Kept = 4096;

    private readonly byte[] _ring = new byte[Kept];
    private long _count;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Kept)
        {
            _count += bytes.Length - Kept;
            bytes = bytes[^Kept..];
        }

        foreach (byte each in bytes) _ring[_count++ % Kept] = each;
    }

    /// <summary>The last lines, without characters that would change a terminal; empty: it said nothing.</summary>
    /// <param name="most">How many, of those that are kept.</param>
    public string LastLines(int most)
    {
        int length = (int)Math.Min(_count, Kept);
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = _ring[(_count - length + i) % Kept];
        IEnumerable<string> lines = PlainText.Of(Encoding.UTF8.GetString(bytes))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .TakeLast(most);
        return string.Join('\n', lines);
    }
}
