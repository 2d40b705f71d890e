namespace BpfConformance.Runtime.Hooks;

/// <summary>
/// Makes messages of what a socket receives (net/strparser/strparser.c, 6.18, <c>__strp_recv</c>). A program that is asked for the length of the next
/// one, and one that decides on it, see all segments that it has begun in or goes on in, from their first byte on.
/// </summary>
internal sealed class StreamParser
{
    /// <summary>What is longer does not fit into the buffer of a socket, whose size is the system's.</summary>
    private const int MaxMessageBytes = ushort.MaxValue;

    private readonly List<StreamBytes> _segments = [];
    private int _start;
    private int _length;
    private int _received;

    /// <summary>Takes a segment in.</summary>
    /// <param name="segment">What was received.</param>
    /// <param name="lengthOf">Asks how long the message is; 0: more must be received first.</param>
    /// <param name="deliver">Takes a message that is complete: the segments, and where it lies in them.</param>
    /// <returns><c>null</c>, or why it is not known how the stream goes on.</returns>
    public string? Take(StreamBytes segment, Func<StreamBytes, int> lengthOf, Func<IReadOnlyList<StreamBytes>, Range, bool> deliver)
    {
        for (int eaten = 0; eaten < segment.Length;)
        {
            if (_segments.Count == 0) (_start, _length, _received) = (eaten, 0, 0);
            _segments.Add(segment);
            if (_length == 0) _length = lengthOf(StreamBytes.Join(_segments));
            if (_length < 0 || _length > MaxMessageBytes) return "a stream whose parser has failed";
            int left = segment.Length - eaten;
            if (_length > 0 && _length <= _received) return "a message that is to end before what was received last";
            if (_length == 0 || _received + left < _length)
            {
                _received += left;
                return null;
            }

            eaten += _length - _received;
            StreamBytes[] message = [.. _segments];
            _segments.Clear();
            if (!deliver(message, _start..(_start + _length))) return null;
        }

        return null;
    }
}
