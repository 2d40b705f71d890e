using System.Globalization;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>
/// Puts lines together from pieces, without a string for any line that was there before: the members of a grid have most
/// lines in common.
/// </summary>
internal sealed class LineBuffer
{
    public const int MaxLength = 250;

    private const int MaxKnown = 100_000;

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _known =
        new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly char[] _characters = new char[MaxLength];
    private int _length;
    private int _pieces;

    public void Clear() => (_length, _pieces) = (0, 0);

    /// <summary>Returns whether there was room; also empty pieces take some.</summary>
    public bool TryAdd(ReadOnlySpan<char> piece)
    {
        if (++_pieces > MaxLength || !piece.TryCopyTo(_characters.AsSpan(_length))) return false;
        _length += piece.Length;
        return true;
    }

    public bool TryAdd(long number, bool hasSign)
    {
        if (hasSign && number >= 0 && !TryAdd("+")) return false;
        Span<char> room = _characters.AsSpan(_length);
        if (++_pieces > MaxLength || !number.TryFormat(room, out int written, default, CultureInfo.InvariantCulture)) return false;
        _length += written;
        return true;
    }

    public string Text()
    {
        ReadOnlySpan<char> text = _characters.AsSpan(0, _length);
        if (_known.TryGetValue(text, out string? known)) return known;

        if (_known.Set.Count == MaxKnown) _known.Set.Clear();
        known = text.ToString();
        _known.Set.Add(known);
        return known;
    }
}
