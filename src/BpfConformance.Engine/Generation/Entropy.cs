using System.Numerics;
using System.Runtime.CompilerServices;

namespace BpfConformance.Engine.Generation;

/// <summary>
/// What generators draw their decisions from: a seed, or the bytes of a coverage-guided fuzzer. Bytes are taken in records, one for each
/// step of a generator: a changed byte changes a decision of its step, and those of other steps stay as they were. What a step draws beyond its
/// record follows from the record.
/// </summary>
public struct Entropy
{
    /// <summary>Bytes of a record.</summary>
    public const int RecordBytes = 8;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly bool _isFromBytes;
    private ulong _state;
    private ulong _record;
    private int _left;
    private int _position;

    private Entropy(ulong state, ReadOnlyMemory<byte> bytes, bool isFromBytes) => (_state, _bytes, _isFromBytes) = (state, bytes, isFromBytes);

    /// <summary>Whether there is no further record; a seed never ends. What is drawn then is 0, so that a generator comes to its end.</summary>
    public readonly bool IsExhausted => _isFromBytes && _position >= _bytes.Length;

    /// <summary>Decisions that follow from a campaign's seed and the place in it, whoever draws them, and when.</summary>
    public static Entropy OfSeed(ulong seed, ulong index = 0) => new(Mixed(Mixed(seed + 0x9e3779b97f4a7c15) ^ index), default, isFromBytes: false);

    /// <summary>Decisions that follow from bytes.</summary>
    public static Entropy OfBytes(ReadOnlyMemory<byte> bytes) => new(0, bytes, isFromBytes: true);

    /// <summary>A step begins: bytes are taken from the next record on.</summary>
    public void BeginStep()
    {
        if (!_isFromBytes) return;
        _left = RecordBytes;
        _record = 0;
        ReadOnlySpan<byte> rest = _bytes.Span[Math.Min(_position, _bytes.Length)..];
        for (int i = 0; i < Math.Min(RecordBytes, rest.Length); i++) _record |= (ulong)rest[i] << (8 * i);
        _position += RecordBytes;
        _state = rest.IsEmpty ? 0 : Mixed(_record);
    }

    /// <summary>Any 64 bits.</summary>
    public ulong Next()
    {
        if (_isFromBytes) return NextOfBytes(sizeof(ulong));

        // Sebastiano Vigna's splitmix64: the same numbers on every machine and .NET.
        _state += 0x9e3779b97f4a7c15;
        return Mixed(_state);
    }

    /// <summary>A number from 0 to <paramref name="limit"/> − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Below(int limit)
    {
        if (!_isFromBytes) return (int)((Next() >> 32) * (ulong)(uint)limit >> 32);
        return limit <= 1 ? 0 : (int)(NextOfBytes(limit <= 256 ? 1 : limit <= 65536 ? 2 : 4) % (uint)limit);
    }

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>Whether something happens that does in <paramref name="percent"/> of a hundred cases; never, where there is nothing left to draw.</summary>
    public bool Chance(int percent) => Below(100) >= 100 - percent;

    /// <summary>One of several.</summary>
    public T Of<T>(ReadOnlySpan<T> of) => of[Below(of.Length)];

    /// <summary>The position of one of the bits that are set.</summary>
    public int BitOf(uint set)
    {
        for (int skipped = Below(BitOperations.PopCount(set)); skipped > 0; skipped--) set &= set - 1;
        return BitOperations.TrailingZeroCount(set);
    }

    private ulong NextOfBytes(int count)
    {
        if (_left >= count)
        {
            ulong taken = count == sizeof(ulong) ? _record : _record & ((1ul << (8 * count)) - 1);
            _record = count == sizeof(ulong) ? 0 : _record >> (8 * count);
            _left -= count;
            return taken;
        }

        _left = 0;
        if (_state == 0) return 0;
        _state += 0x9e3779b97f4a7c15;
        return Mixed(_state);
    }

    private static ulong Mixed(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}
