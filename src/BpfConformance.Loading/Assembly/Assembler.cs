using BpfConformance.Abi;

namespace BpfConformance.Loading.Assembly;

/// <summary>
/// Reads programs as text, one instruction or label (<c>name:</c>) a line, in either <see cref="Syntax"/>. Comments
/// begin with <c>#</c>, <c>;</c> or <c>//</c>. <c>exit</c> is a label too: of the first exit, unless one is defined.
/// </summary>
public static class Assembler
{
    private const string ExitLabel = "exit";

    /// <param name="text">The program.</param>
    /// <param name="source">Its file, for messages.</param>
    /// <param name="firstLine">The line of the file on which the text begins.</param>
    /// <param name="mapNames">Names that may stand for map numbers; a name's number is its position.</param>
    /// <exception cref="BpfFormatException">Anything wrong with the text.</exception>
    public static AssembledProgram Assemble(
        string text, string? source = null, int firstLine = 1, IReadOnlyList<string>? mapNames = null)
    {
        List<(SourceLine Line, List<Token> Tokens)> lines = ReadLines(text, source, firstLine);
        HashSet<string> labels = [.. lines.Where(line => IsLabel(line.Tokens)).Select(line => line.Tokens[0].Text)];
        bool definesExit = labels.Contains(ExitLabel);
        if (lines.Exists(line => IsExit(line.Tokens))) labels.Add(ExitLabel);

        var scope = new Scope(labels, MapNumbers(mapNames ?? []));
        var program = new ProgramBuilder();
        foreach ((SourceLine line, List<Token> tokens) in lines)
        {
            if (IsLabel(tokens))
            {
                program.Define(tokens, line);
                continue;
            }

            if (!definesExit && IsExit(tokens)) program.DefineFirst(ExitLabel, line);
            program.Add(StatementParser.Parse(line, tokens, scope));
        }

        return program.Build();
    }

    private static List<(SourceLine Line, List<Token> Tokens)> ReadLines(string text, string? source, int firstLine)
    {
        var lines = new List<(SourceLine, List<Token>)>();
        int number = firstLine;
        foreach (string content in text.Split('\n'))
        {
            List<Token> tokens = Lexer.Tokenize(content);
            if (tokens.Count > 1) lines.Add((new SourceLine(source, number), tokens));
            number++;
        }

        return lines;
    }

    private static bool IsLabel(List<Token> tokens) => tokens[0].Kind == TokenKind.Word && tokens[1].Text == ":";

    private static bool IsExit(List<Token> tokens) => tokens is [{ Text: ExitLabel }, { Kind: TokenKind.End }];

    private static Dictionary<string, int> MapNumbers(IReadOnlyList<string> names)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int number = 0; number < names.Count; number++) numbers.TryAdd(names[number], number);
        return numbers;
    }
}
