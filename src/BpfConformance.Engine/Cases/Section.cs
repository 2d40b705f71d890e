using BpfConformance.Abi;
using BpfConformance.Loading.Bytecode;

namespace BpfConformance.Engine.Cases;

/// <summary>A line that says something: without comment and surrounding space, and not empty.</summary>
/// <param name="Line">1-based line in the file.</param>
/// <param name="Text">What it says.</param>
internal readonly record struct Entry(int Line, string Text);

/// <summary>A part of a case file, from one <c>--</c> line to the next.</summary>
/// <param name="file">For messages.</param>
/// <param name="name">As on its <c>--</c> line.</param>
/// <param name="line">1-based line of the <c>--</c> line.</param>
internal sealed class Section(string file, string name, int line)
{
    public const string NoBytes = "-";

    private const int MaxQuotedLength = 40;
    private readonly List<string> _lines = [];

    public string File { get; } = file;

    public string Name { get; } = string.Join(' ', FileLines.Words(name));

    /// <summary>Its first word.</summary>
    public string Kind { get; } = FileLines.Words(name) is [{ } kind, ..] ? kind : name;

    /// <summary>Whose it is: its second word; <c>null</c>: there is none.</summary>
    public string? Program { get; } = FileLines.Words(name) is [_, { } program] ? program : null;

    public int Line { get; } = line;

    public int FirstLine => Line + 1;

    /// <summary>The lines as written, comments included.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public string Text => string.Join('\n', _lines);

    public IEnumerable<Entry> Entries =>
        _lines.Select((text, i) => new Entry(FirstLine + i, WithoutComment(text))).Where(entry => entry.Text.Length > 0);

    /// <summary>Of a section of bytes: <c>-</c> alone stands for none, as nothing does.</summary>
    public bool HoldsNoBytes => Entries.Take(2).ToArray() is [] or [{ Text: NoBytes }];

    public void Add(string text) => _lines.Add(text);

    public BpfFormatException Error(string problem) => Error(Line, problem);

    public BpfFormatException Error(int line, string problem) => new(File, line, 0, problem);

    /// <summary>The bytes that a part of a line states.</summary>
    public byte[] Bytes(int line, string text)
    {
        if (text == NoBytes) return [];
        try
        {
            return HexText.Parse(text);
        }
        catch (BpfFormatException wrong)
        {
            throw Error(line, $"in {Quote(text)} {wrong.Problem}"); // a column would count from the start of the part
        }
    }

    /// <summary>The only entry of a section that must have exactly one.</summary>
    public Entry Single(string expected)
    {
        Entry[] entries = [.. Entries];
        return entries switch
        {
            [] => throw Error($"'-- {Name}' is empty, expected {expected}"),
            [Entry only] => only,
            [_, Entry second, ..] => throw Error(second.Line, $"found {Quote(second.Text)}, expected only one line in '-- {Name}'"),
        };
    }

    /// <summary>What a section says that must have exactly one word.</summary>
    public T Word<T>(Vocabulary<T> vocabulary)
        where T : struct, Enum
    {
        Entry entry = Single($"one of: {vocabulary}");
        return vocabulary.TryParse(entry.Text, out T value)
            ? value
            : throw Error(entry.Line, $"found {Quote(entry.Text)}, expected one of: {vocabulary}");
    }

    /// <summary>Whether a map or a program may have such a name.</summary>
    public static bool IsName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    public static string WithoutComment(string line)
    {
        int comment = line.IndexOf('#', StringComparison.Ordinal);
        return FileLines.Trim(comment < 0 ? line : line[..comment]);
    }

    /// <summary>A piece of the input as messages show it: short, and without characters that move the cursor.</summary>
    public static string Quote(string text)
    {
        string start = text.Length <= MaxQuotedLength ? text : text[..MaxQuotedLength] + "…";
        return $"'{string.Concat(start.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : $"{c}"))}'";
    }
}
