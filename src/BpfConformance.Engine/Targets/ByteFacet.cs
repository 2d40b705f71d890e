namespace BpfConformance.Engine.Targets;

/// <summary>Bytes that each of many runs left, and which of them may be compared.</summary>
internal sealed class ByteFacet
{
    private byte[] _bytes = [];
    private byte[] _mask = [];
    private int _stride;

    /// <summary>Makes room for as many runs of at most so many bytes; all may be compared.</summary>
    public void Reset(int count, int stride)
    {
        _stride = stride;
        long bytes = (long)count * stride;
        if (_bytes.Length < bytes) (_bytes, _mask) = (new byte[bytes], new byte[bytes]);
        _mask.AsSpan(0, (int)bytes).Fill(0xff);
    }

    public Span<byte> Bytes(int index) => _bytes.AsSpan(index * _stride, _stride);

    public Span<byte> Mask(int index) => _mask.AsSpan(index * _stride, _stride);

    /// <summary>Whether the first bytes of two runs differ where both may be compared.</summary>
    public static bool Differ(ReadOnlySpan<byte> left, ReadOnlySpan<byte> leftMask, ReadOnlySpan<byte> right, ReadOnlySpan<byte> rightMask)
    {
        if (left.Length != right.Length) return true;
        if (left.SequenceEqual(right)) return false;
        for (int i = 0; i < left.Length; i++)
        {
            if (((left[i] ^ right[i]) & leftMask[i] & rightMask[i]) != 0) return true;
        }

        return false;
    }
}
