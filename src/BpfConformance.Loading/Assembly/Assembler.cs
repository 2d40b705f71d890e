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
        string text, string? source = null, int firstLine = 1, IReadOnlyList<string>? mapNames = null) =>
        Assemble(text.Split('\n').Select((line, i) => (firstLine + i, line)), source, mapNames ?? [], new StatementCache());

    /// <param name="lines">The program, each line with its number in the file.</param>
    /// <param name="source">Its file, for messages.</param>
    /// <param name="mapNames">Names that may stand for map numbers; a name's number is its position.</param>
    /// <param name="cache">What lines of programs with the same maps meant; takes what these mean.</param>
    /// <exception cref="BpfFormatException">Anything wrong with the text.</exception>
    public static AssembledProgram Assemble(
        IEnumerable<(int Number, string Text)> lines, string? source, IReadOnlyList<string> mapNames, StatementCache cache)
    {
        List<Line> read = ReadLines(lines, source, cache);
        HashSet<string> labels = [.. read.Where(line => line.IsLabel).Select(line => line.Tokens[0].Text)];
        bool definesExit = labels.Contains(ExitLabel);
        if (read.Exists(line => line.IsExit)) labels.Add(ExitLabel);

        var scope = new Scope(labels, MapNumbers(mapNames));
        var program = new ProgramBuilder();
        foreach (Line line in read)
        {
            if (line.IsLabel)
            {
                program.Define(line.Tokens, line.Source);
                continue;
            }

            if (line.IsExit && !definesExit) program.DefineFirst(ExitLabel, line.Source);
            if (line.Known is { } known && known.HoldsWith(labels)) program.Add(known, line.Source);
            else program.Add(Read(line, scope, cache), line.Source);
        }

        return program.Build();
    }

    private static KnownLine Read(Line line, Scope scope, StatementCache cache)
    {
        var read = KnownLine.Of(line.Tokens, StatementParser.Parse(line.Source, line.Tokens, scope));
        cache.Add(line.Text, read);
        return read;
    }

    internal static bool IsExit(List<Token> tokens) => tokens is [{ Text: ExitLabel }, { Kind: TokenKind.End }];

    private static List<Line> ReadLines(IEnumerable<(int Number, string Text)> lines, string? source, StatementCache cache)
    {
        List<Line> read = lines.TryGetNonEnumeratedCount(out int count) ? new(count) : [];
        foreach ((int number, string text) in lines)
        {
            var place = new SourceLine(source, number);
            if (cache.Find(text) is { } known)
            {
                read.Add(new Line(place, text, known.Tokens, known));
                continue;
            }

            List<Token> tokens = Lexer.Tokenize(text);
            if (tokens.Count > 1) read.Add(new Line(place, text, tokens, null));
        }

        return read;
    }

    private static Dictionary<string, int> MapNumbers(IReadOnlyList<string> names)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int number = 0; number < names.Count; number++) numbers.TryAdd(names[number], number);
        return numbers;
    }

    /// <param name="Source">Where it stands.</param>
    /// <param name="Text">As written.</param>
    /// <param name="Tokens">Its tokens.</param>
    /// <param name="Known">From an earlier program; <c>null</c>: it is still to be read.</param>
    private readonly record struct Line(SourceLine Source, string Text, List<Token> Tokens, KnownLine? Known)
    {
        public bool IsLabel => Known is null && Tokens is [{ Kind: TokenKind.Word }, { Text: ":" }, ..];

        public bool IsExit => Known?.IsExit ?? Assembler.IsExit(Tokens);
    }
}
