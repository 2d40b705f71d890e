using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BpfConformance.Abi;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>
/// A line with holes: <c>{expression}</c> stands for its value in decimal, <c>{+expression}</c> for the value with its
/// sign, <c>{name}</c> of a text axis for that text, whose own holes are filled, too.
/// </summary>
internal sealed class GridLine
{
    private const int MaxDepth = 8;
    private const int MaxLength = 1000;

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
            if (open > position) pieces.Add(new Piece(text[position..open], null, false));
            if (open == text.Length) break;

            int close = text.IndexOf('}', open);
            if (close < 0) throw section.Error(line, "'{' without '}'");
            string inner = text[(open + 1)..close].Trim();
            bool isSigned = inner.StartsWith('+');
            string expression = isSigned ? inner[1..] : inner;
            pieces.Add(new Piece(expression, GridExpression.Parse(expression, section, line), isSigned));
            position = close + 1;
        }

        return new GridLine(pieces.ToImmutable(), section, line);
    }

    public string Fill(GridScope scope)
    {
        var text = new StringBuilder();
        Fill(scope, text, depth: 0);
        return text.ToString();
    }

    private void Fill(GridScope scope, StringBuilder text, int depth)
    {
        if (depth > MaxDepth) throw _section.Error(Line, "a text that holds itself");
        foreach (Piece piece in _pieces)
        {
            if (piece.Expression is null) text.Append(piece.Text);
            else if (scope.Text(piece.Text) is { } inner) inner.Fill(scope, text, depth + 1);
            else AppendNumber(text, piece.Expression.Value(scope), piece.IsSigned);
        }

        if (text.Length > MaxLength) throw _section.Error(Line, $"a line of more than {MaxLength} characters");
    }

    private static void AppendNumber(StringBuilder text, long value, bool isSigned)
    {
        if (isSigned && value >= 0) text.Append('+');
        text.Append(CultureInfo.InvariantCulture, $"{value}");
    }

    private readonly record struct Piece(string Text, GridExpression? Expression, bool IsSigned);
}
