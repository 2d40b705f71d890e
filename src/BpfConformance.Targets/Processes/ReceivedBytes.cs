namespace BpfConformance.Targets.Processes;

/// <summary>What came from a pipe and was not taken yet. It grows with what really came, never with what was only announced.</summary>
internal sealed class ReceivedBytes
{
    private const int FirstSize = 1 << 16;

    private byte[] _bytes = new byte[FirstSize];
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Waiting => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Room for more; at least a byte.</summary>
    public Span<byte> Room()
    {
        if (_start == _end) (_start, _end) = (0, 0);
        if (_end < _bytes.Length) return _bytes.AsSpan(_end);
        if (_start > _bytes.Length / 2)
        {
            Waiting.CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }
        else
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        return _bytes.AsSpan(_end);
    }

    public void Added(int count) => _end += count;

    public void Take(int count) => _start += count;
}
