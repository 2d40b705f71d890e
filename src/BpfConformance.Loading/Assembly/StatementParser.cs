using System.Buffers;
using System.Globalization;
using BpfConformance.Abi;
using BpfConformance.Abi.Helpers;

namespace BpfConformance.Loading.Assembly;

/// <summary>Walks the <see cref="Grammar"/> along the tokens of one line.</summary>
internal sealed class StatementParser
{
    private const int MaxRegister = 10;

    /// <summary>Above this many possibilities, a message names the first ones only.</summary>
    private const int MaxExpectations = 8;

    private static readonly SearchValues<char> s_decimalDigits = SearchValues.Create("0123456789");
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly SourceLine _line;
    private readonly IReadOnlyList<Token> _tokens;
    private readonly Scope _scope;
    private readonly List<Capture> _captures = [];
    private int _position;

    private StatementParser(SourceLine line, IReadOnlyList<Token> tokens, Scope scope) =>
        (_line, _tokens, _scope) = (line, tokens, scope);

    private Token Current => _tokens[_position];

    /// <summary>Matches a line, whose last token is <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="BpfFormatException">No form matches.</exception>
    public static Statement Parse(SourceLine line, IReadOnlyList<Token> tokens, Scope scope)
    {
        var parser = new StatementParser(line, tokens, scope);
        Grammar node = Grammar.Root;
        while (parser.Current.Kind != TokenKind.End || node.Form is null) node = parser.Step(node);
        return new Statement(line, node.Form, parser._captures);
    }

    private Grammar Step(Grammar node)
    {
        // A number goes before the literals, for its sign is one; -r1 is no number.
        if (node.Slots.TryGetValue(SlotKind.Number, out Grammar? next) && TryNumber()) return next;
        if (Current.Kind != TokenKind.End && node.Literals.TryGetValue(Current.Text, out next))
        {
            _position++;
            return next;
        }

        for (int i = 0; i < node.Slots.Count; i++)
        {
            if (TryRead(node.Slots.GetKeyAtIndex(i), node)) return node.Slots.GetValueAtIndex(i);
        }

        throw Mismatch(node);
    }

    private bool TryRead(SlotKind kind, Grammar node) => kind switch
    {
        SlotKind.Register => TryRegister("r"),
        SlotKind.SubRegister => TryRegister("w"),
        SlotKind.LegacyRegister => TryRegister("%r"),
        SlotKind.Number or SlotKind.HexNumber or SlotKind.Word => TryNumber(),
        SlotKind.Map => TryNumber() || TryMap(),
        SlotKind.Helper => TryHelper(),
        SlotKind.Target => TryTarget(node, needsPc: false),
        SlotKind.PcTarget => TryTarget(node, needsPc: true),
        // Nothing means zero.
        SlotKind.Displacement or SlotKind.ShortDisplacement => TryDistance() || Capture(0, Current.Column),
    };

    private bool TryRegister(string prefix)
    {
        Token token = Current;
        if (!token.Text.StartsWith(prefix, StringComparison.Ordinal)) return false;
        ReadOnlySpan<char> number = token.Text.AsSpan(prefix.Length);
        if (number.IsEmpty || number.ContainsAnyExcept(s_decimalDigits)) return false;

        bool exists = int.TryParse(number, CultureInfo.InvariantCulture, out int register) && register <= MaxRegister;
        if (!exists || (number.Length > 1 && number[0] == '0'))
        {
            string name = SourceLine.Abbreviate(token.Text);
            throw _line.Error(token.Column, $"no register {name}, expected {prefix}0-{prefix}{MaxRegister}");
        }

        _position++;
        return Capture(register, token.Column);
    }

    /// <summary>Only where a distance is asked for, a number may have a plus.</summary>
    private bool TryNumber(bool mayHavePlus = false)
    {
        Token sign = Current;
        bool isNegative = sign.Text == "-";
        bool hasSign = isNegative || (mayHavePlus && sign.Text == "+");
        Token digits = hasSign ? _tokens[_position + 1] : sign;
        if (digits.Kind != TokenKind.Number) return false;

        _position += hasSign ? 2 : 1;
        return Capture(isNegative ? -Magnitude(digits) : Magnitude(digits), sign.Column);
    }

    private Int128 Magnitude(Token token)
    {
        bool isHex = token.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        ReadOnlySpan<char> digits = token.Text.AsSpan(isHex ? 2 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExcept(isHex ? s_hexDigits : s_decimalDigits))
        {
            string found = SourceLine.Quote(token.Text);
            throw _line.Error(token.Column, $"{found} is no number, expected decimal or 0x and hexadecimal digits");
        }

        NumberStyles style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        return ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : throw _line.Error(token.Column, $"{SourceLine.Quote(token.Text)} does not fit 64 bits");
    }

    private bool TryMap()
    {
        Token token = Current;
        if (token.Kind != TokenKind.Word) return false;
        if (!_scope.Maps.TryGetValue(token.Text, out int map))
        {
            throw _line.Error(token.Column, $"no map named {SourceLine.Quote(token.Text)}");
        }

        _position++;
        return Capture(map, token.Column);
    }

    /// <summary>A label hides the helper of its name.</summary>
    private bool TryHelper()
    {
        Token token = Current;
        if (token.Kind != TokenKind.Word || _scope.Labels.Contains(token.Text)) return false;
        if (HelperTable.NumberOf(token.Text) is not { } helper) return false;

        _position++;
        return Capture(helper, token.Column);
    }

    private bool TryTarget(Grammar node, bool needsPc)
    {
        Token token = Current;
        if (token.Text == "pc" && _tokens[_position + 1].Text is "+" or "-")
        {
            _position++;
            return TryNumber(mayHavePlus: true);
        }

        if (token.Kind != TokenKind.Word) return !needsPc && TryDistance();
        if (!_scope.Labels.Contains(token.Text))
        {
            string kinds = node.Slots.ContainsKey(SlotKind.Helper) ? "label or helper" : "label";
            throw _line.Error(token.Column, $"no {kinds} named {SourceLine.Quote(token.Text)}");
        }

        _position++;
        _captures.Add(new Capture(0, token.Text, token.Column));
        return true;
    }

    /// <summary>A number that has a sign.</summary>
    private bool TryDistance() => Current.Kind == TokenKind.Symbol && TryNumber(mayHavePlus: true);

    private bool Capture(Int128 value, int column)
    {
        _captures.Add(new Capture(value, null, column));
        return true;
    }

    private BpfFormatException Mismatch(Grammar node)
    {
        string found = Current.Kind == TokenKind.End ? "the line ends" : $"found {SourceLine.Quote(Current.Text)}";
        if (node == Grammar.Root)
        {
            string problem = Current.Kind == TokenKind.Word ? $"unknown mnemonic {SourceLine.Quote(Current.Text)}" : found;
            return _line.Error(Current.Column, $"{problem}, expected an instruction or a label");
        }

        List<string> expected =
        [
            .. node.Slots.Keys.Select(Slot.Describe),
            .. node.Literals.Keys.Order(StringComparer.Ordinal).Select(SourceLine.Quote),
            .. node.Form is null ? Array.Empty<string>() : ["the end of the line"],
        ];
        string list = expected.Count > MaxExpectations
            ? string.Join(", ", expected.Take(MaxExpectations)) + ", …"
            : string.Join(", ", expected.SkipLast(2).Append(string.Join(" or ", expected.TakeLast(2))));
        return _line.Error(Current.Column, $"{found}, expected {list}");
    }
}
