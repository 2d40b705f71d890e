using System.Collections.Immutable;
using BpfConformance.Abi;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>
/// A line with holes: <c>{expression}</c> stands for its value in decimal, <c>{+expression}</c> for the value with its
/// sign, <c>{name}</c> of a text axis for that text, whose own holes are filled, too.
/// </summary>
internal sealed class GridLine
{
    private const int MaxDepth = 8;

    private readonly ImmutableArray<Piece> _pieces;
    private readonly Section _section;

    private GridLine(ImmutableArray<Piece> pieces, Section section, int line) => (_pieces, _section, Line) = (pieces, section, line);

    /// <summary>1-based line of the file.</summary>
    public int Line { get; }

    /// <exception cref="BpfFormatException">A brace without its other, or no expression between them.</exception>
    public static GridLine Parse(string text, Section section, int line)
    {
        var pieces = ImmutableArray.CreateBuilder<Piece>();
        int position = 0;
        while (position < text.Length)
        {
            int open = text.IndexOf('{', position);
            if (open < 0) open = text.Length;
            if (open > position) pieces.Add(new Piece(text[position..open], null, false, false));
            if (open == text.Length) break;

            int close = text.IndexOf('}', open);
            if (close < 0) throw section.Error(line, "'{' without '}'");
            string inner = FileLines.Trim(text[(open + 1)..close]);
            bool isSigned = inner.StartsWith('+');
            string expression = isSigned ? FileLines.Trim(inner[1..]) : inner;
            pieces.Add(new Piece(expression, GridExpression.Parse(expression, section, line), !isSigned && GridNames.IsName(expression), isSigned));
            position = close + 1;
        }

        return new GridLine(pieces.ToImmutable(), section, line);
    }

    public string Fill(GridScope scope, LineBuffer buffer)
    {
        buffer.Clear();
        Fill(scope, buffer, depth: 0);
        return buffer.Text();
    }

    private void Fill(GridScope scope, LineBuffer buffer, int depth)
    {
        if (depth > MaxDepth) throw _section.Error(Line, $"texts more than {MaxDepth} deep in each other, or one that holds itself");
        foreach (Piece piece in _pieces)
        {
            GridLine? inner = piece.IsName ? scope.Text(piece.Text) : null;
            bool hasRoom = inner is not null ? buffer.TryAdd(string.Empty)
                : piece.Expression is { } expression ? buffer.TryAdd(expression.Value(scope), piece.IsSigned)
                : buffer.TryAdd(piece.Text);
            if (!hasRoom) throw _section.Error(Line, $"a line of more than {LineBuffer.MaxLength} characters or pieces");
            inner?.Fill(scope, buffer, depth + 1);
        }
    }

    /// <param name="Text">As written, without braces and sign.</param>
    /// <param name="Expression">Of a hole.</param>
    /// <param name="IsName">Whether it may be the name of a text axis.</param>
    /// <param name="IsSigned">Whether the value has its sign.</param>
    private readonly record struct Piece(string Text, GridExpression? Expression, bool IsName, bool IsSigned);
}
