using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace BpfConformance.Harnesses.Managed;

/// <summary>Changes inputs a little: bytes, numbers in bytes and in digits, pieces of the input and of others.</summary>
/// <param name="random">Decides; the same decisions give the same inputs.</param>
/// <param name="maxBytes">The longest that it makes.</param>
internal sealed class Mutator(Random random, int maxBytes)
{
    /// <summary>At most 2 to this, less one, changes at once.</summary>
    private const int ChangeBits = 5;

    private const int LongestPiece = 64;

    /// <summary>Where code is likely to change its mind.</summary>
    private static readonly long[] s_edges =
    [
        0, 1, -1, 2, 7, 8, 10, 16, 32, 63, 64, 100, 127, 128, -128, -129, 255, 256, 512, 1000, 1024, 4096, short.MaxValue, short.MinValue,
        ushort.MaxValue, ushort.MaxValue + 1, int.MaxValue, int.MinValue, uint.MaxValue, uint.MaxValue + 1L, long.MaxValue, long.MinValue,
    ];

    private readonly byte[] _bytes = new byte[maxBytes];
    private int _length;

    /// <summary>An input near another; valid until the next.</summary>
    /// <param name="input">That one.</param>
    /// <param name="donor">One from which pieces may come.</param>
    public ReadOnlySpan<byte> Mutate(ReadOnlySpan<byte> input, ReadOnlySpan<byte> donor)
    {
        _length = Math.Min(input.Length, maxBytes);
        input[.._length].CopyTo(_bytes);
        for (int left = 1 << random.Next(ChangeBits); left > 0; left--) Change(donor);
        return _bytes.AsSpan(0, _length);
    }

    private void Change(ReadOnlySpan<byte> donor)
    {
        if (_length == 0)
        {
            Insert(0, [(byte)random.Next(256)]);
            return;
        }

        int at = random.Next(_length);
        switch (random.Next(11))
        {
            case 0:
                _bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                _bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                _bytes[at] += (byte)(random.Next(2) == 0 ? 1 + random.Next(16) : -1 - random.Next(16));
                break;
            case 3:
                WriteEdge(at);
                break;
            case 4:
                ChangeNumber(at);
                break;
            case 5 or 6:
                Remove(at, 1 + random.Next(Math.Min(LongestPiece, _length - at)));
                break;
            case 7:
                Insert(random.Next(_length + 1), _bytes.AsSpan(at, Math.Min(1 + random.Next(LongestPiece), _length - at)).ToArray());
                break;
            case 8:
                Insert(at, [(byte)random.Next(256)]);
                break;
            case 9:
                Insert(at, PieceOf(donor));
                break;
            default:
                ReadOnlySpan<byte> piece = PieceOf(donor);
                piece[..Math.Min(piece.Length, _length - at)].CopyTo(_bytes.AsSpan(at));
                break;
        }
    }

    private ReadOnlySpan<byte> PieceOf(ReadOnlySpan<byte> donor)
    {
        if (donor.IsEmpty) return donor;
        int from = random.Next(donor.Length);
        return donor.Slice(from, 1 + random.Next(Math.Min(LongestPiece, donor.Length - from)));
    }

    private void WriteEdge(int at)
    {
        Span<byte> edge = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(edge, s_edges[random.Next(s_edges.Length)]);
        int width = Math.Min(1 << random.Next(4), _length - at);
        edge[..width].CopyTo(_bytes.AsSpan(at));
    }

    /// <summary>Another number in place of the next one in digits.</summary>
    private void ChangeNumber(int at)
    {
        int start = _bytes.AsSpan(at, _length - at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0) return;
        start += at;
        int end = start;
        while (end < _length && char.IsAsciiDigit((char)_bytes[end])) end++;
        Remove(start, end - start);
        Insert(start, Encoding.ASCII.GetBytes(s_edges[random.Next(s_edges.Length)].ToString(CultureInfo.InvariantCulture)));
    }

    private void Remove(int at, int count)
    {
        _bytes.AsSpan(at + count, _length - at - count).CopyTo(_bytes.AsSpan(at));
        _length -= count;
    }

    private void Insert(int at, ReadOnlySpan<byte> piece)
    {
        if (_length + piece.Length > maxBytes) return;
        _bytes.AsSpan(at, _length - at).CopyTo(_bytes.AsSpan(at + piece.Length));
        piece.CopyTo(_bytes.AsSpan(at));
        _length += piece.Length;
    }
}
