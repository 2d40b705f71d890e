using BpfConformance.Abi;
using BpfConformance.Loading;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>
/// Integer arithmetic over names: decimal and <c>0x</c> numbers, <c>+ - * / %</c> and parentheses, in 64 bits that wrap
/// and are read as signed.
/// </summary>
internal sealed class GridExpression
{
    private const int MaxDepth = 32;

    /// <summary>Each operator is a call within the next.</summary>
    private const int MaxLength = 200;

    private readonly Func<GridScope, long> _value;

    private GridExpression(Func<GridScope, long> value) => _value = value;

    /// <exception cref="BpfFormatException">The text is no expression.</exception>
    public static GridExpression Parse(string text, Section section, int line)
    {
        return text.Length <= MaxLength
            ? new GridExpression(new Parser(text, section, line).ParseAll())
            : throw section.Error(line, $"an expression of {text.Length} characters, expected at most {MaxLength}");
    }

    public long Value(GridScope scope) => _value(scope);

    private sealed class Parser(string text, Section section, int line)
    {
        private int _position;
        private int _depth;

        public Func<GridScope, long> ParseAll()
        {
            Func<GridScope, long> value = Sum();
            return Peek() == '\0' ? value : throw Unexpected("an operator or the end");
        }

        private Func<GridScope, long> Sum()
        {
            Func<GridScope, long> left = Product();
            while (Peek() is '+' or '-')
            {
                bool isPlus = Next() == '+';
                (Func<GridScope, long> a, Func<GridScope, long> b) = (left, Product());
                left = isPlus ? scope => unchecked(a(scope) + b(scope)) : scope => unchecked(a(scope) - b(scope));
            }

            return left;
        }

        private Func<GridScope, long> Product()
        {
            Func<GridScope, long> left = Factor();
            while (Peek() is '*' or '/' or '%')
            {
                char symbol = Next();
                (Func<GridScope, long> a, Func<GridScope, long> b) = (left, Factor());
                left = symbol == '*'
                    ? scope => unchecked(a(scope) * b(scope))
                    : scope => Divide(symbol, a(scope), b(scope));
            }

            return left;
        }

        /// <summary>Division by −1 is negation, which wraps.</summary>
        private long Divide(char symbol, long a, long b) => (symbol, b) switch
        {
            (_, 0) => throw section.Error(line, $"'{text}' divides by zero"),
            ('/', -1) => unchecked(-a),
            ('/', _) => a / b,
            (_, -1) => 0,
            _ => a % b,
        };

        private Func<GridScope, long> Factor()
        {
            if (++_depth > MaxDepth) throw section.Error(line, $"parentheses or signs more than {MaxDepth} deep");
            Func<GridScope, long> value = Peek() switch
            {
                '-' => Negation(),
                '(' => Parentheses(),
                >= '0' and <= '9' => Number(),
                char first when char.IsAsciiLetter(first) => Name(),
                _ => throw Unexpected("a number, a name or '('"),
            };
            _depth--;
            return value;
        }

        private Func<GridScope, long> Negation()
        {
            Next();
            Func<GridScope, long> operand = Factor();
            return scope => unchecked(-operand(scope));
        }

        private Func<GridScope, long> Parentheses()
        {
            Next();
            Func<GridScope, long> inner = Sum();
            return Peek() == ')' ? Skip(inner) : throw Unexpected("')'");
        }

        private Func<GridScope, long> Skip(Func<GridScope, long> value)
        {
            Next();
            return value;
        }

        private Func<GridScope, long> Number()
        {
            string word = Word();
            return ValueText.TryParse(word, out ulong value)
                ? _ => unchecked((long)value)
                : throw section.Error(line, $"found {Section.Quote(word)}, expected a number of at most 64 bits such as 10 or 0xa");
        }

        private Func<GridScope, long> Name()
        {
            string name = Word();
            return scope => scope.TryGet(name, out long value)
                ? value
                : throw section.Error(line, $"no number named {Section.Quote(name)} here");
        }

        private string Word()
        {
            int start = _position;
            while (_position < text.Length && char.IsAsciiLetterOrDigit(text[_position])) _position++;
            return text[start.._position];
        }

        private char Peek()
        {
            while (_position < text.Length && WhiteSpace.Characters.Contains(text[_position])) _position++;
            return _position < text.Length ? text[_position] : '\0';
        }

        private char Next() => text[_position++];

        private BpfFormatException Unexpected(string expected) =>
            section.Error(line, $"found {Section.Quote(text[_position..])} in the expression {Section.Quote(text)}, expected {expected}");
    }
}
