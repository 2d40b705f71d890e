using System.Collections.Immutable;

namespace BpfConformance.Loading.Assembly;

internal enum TokenKind : byte
{
    /// <summary>A mnemonic, type, register or name.</summary>
    Word,

    /// <summary>Begins with a digit; not necessarily a well-formed number.</summary>
    Number,

    /// <summary>An operator, bracket or separator, or any character that no form knows.</summary>
    Symbol,

    /// <summary>The end of the line, always the last token.</summary>
    End,
}

/// <summary>A piece of a line.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">As written.</param>
/// <param name="Column">1-based.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Column);

/// <summary>
/// Cuts a line into tokens, the same way for programs and for the <see cref="Template"/>s they are matched against
/// (where <c>$name</c> is a word).
/// </summary>
internal static class Lexer
{
    /// <summary>Longer ones first.</summary>
    private static readonly ImmutableArray<string> s_symbols =
    [
        "s>>=",
        "<<=", ">>=", "s/=", "s%=", "s>=", "s<=",
        "+=", "-=", "*=", "/=", "|=", "&=", "^=", "%=", "==", "!=", ">=", "<=", "s>", "s<",
        "=", ">", "<", "&", "+", "-", "*", "(", ")", "[", "]", ",", "#", ":",
    ];

    public static List<Token> Tokenize(string text)
    {
        var tokens = new List<Token>();
        int position = 0;
        while (position < text.Length && !StartsComment(text, position))
        {
            if (WhiteSpace.Characters.Contains(text[position]))
            {
                position++;
                continue;
            }

            (TokenKind kind, int length) = Next(text, position);
            tokens.Add(new Token(kind, text.Substring(position, length), position + 1));
            position += length;
        }

        tokens.Add(new Token(TokenKind.End, string.Empty, text.AsSpan(0, position).TrimEnd(WhiteSpace.Characters).Length + 1));
        return tokens;
    }

    private static (TokenKind Kind, int Length) Next(string text, int position)
    {
        char first = text[position];
        bool isWord = IsWordCharacter(first);

        // An s before an operator belongs to it: s>=.
        if (!isWord || first == 's')
        {
            foreach (string symbol in s_symbols)
            {
                if (text.AsSpan(position).StartsWith(symbol)) return (TokenKind.Symbol, symbol.Length);
            }
        }

        if (isWord) return (char.IsAsciiDigit(first) ? TokenKind.Number : TokenKind.Word, WordLength(text, position));

        // %r1 is a register of the older syntax, $dst a slot of a template.
        bool isPrefixed = first is '%' or '$' && position + 1 < text.Length && char.IsAsciiLetter(text[position + 1]);
        return isPrefixed ? (TokenKind.Word, 1 + WordLength(text, position + 1)) : (TokenKind.Symbol, 1);
    }

    private static int WordLength(string text, int start)
    {
        int end = start;
        while (end < text.Length && IsWordCharacter(text[end])) end++;
        return end - start;
    }

    private static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.';

    /// <summary>
    /// <c>#</c>, <c>;</c> and <c>//</c> do; but the kernel also writes a number behind a function's name: <c>name#5</c>.
    /// </summary>
    private static bool StartsComment(string text, int position)
    {
        char next = position + 1 < text.Length ? text[position + 1] : '\0';
        bool followsWord = position > 0 && IsWordCharacter(text[position - 1]);
        return text[position] switch
        {
            ';' => true,
            '/' => next == '/',
            '#' => !(followsWord && next is (>= '0' and <= '9') or '-' or '$'),
            _ => false,
        };
    }
}
