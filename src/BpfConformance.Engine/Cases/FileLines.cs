using System.Buffers;
using BpfConformance.Abi;
using BpfConformance.Loading;

namespace BpfConformance.Engine.Cases;

/// <summary>What ends a line in the files of a suite, and what its words are.</summary>
internal static class FileLines
{
    /// <summary>CR stands only in a <c>.data</c> file, whose characters nobody checked.</summary>
    private static readonly char[] s_whiteSpace = [.. WhiteSpace.Characters];

    private static readonly SearchValues<char> s_controls =
        SearchValues.Create([.. Enumerable.Range(0, 0x100).Select(code => (char)code).Where(c => char.IsControl(c) && c is not ('\t' or '\n'))]);

    /// <summary>The text with LF at the end of each line.</summary>
    /// <exception cref="BpfFormatException">A control character that is no tab, and of no line end: LF, or CR LF.</exception>
    public static string Checked(string text, string file)
    {
        string lines = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        int position = lines.AsSpan().IndexOfAny(s_controls);
        return position < 0
            ? lines
            : throw new BpfFormatException(
                file,
                lines.AsSpan(0, position).Count('\n') + 1,
                0,
                $"found the control character U+{(int)lines[position]:X4}, expected none but tabs, and LF or CR LF at the end of lines");
    }

    public static string Trim(string text) => text.Trim(s_whiteSpace);

    public static string[] Words(string text) => text.Split(s_whiteSpace, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether a text is a word, white space, and more.</summary>
    /// <param name="text">Without white space around it.</param>
    /// <param name="word">The word.</param>
    /// <param name="rest">What follows, without white space around it; empty when there is nothing.</param>
    public static bool BeginsWith(string text, string word, out string rest)
    {
        bool begins = text.StartsWith(word, StringComparison.Ordinal) && text.Length > word.Length && WhiteSpace.Characters.Contains(text[word.Length]);
        rest = begins ? Trim(text[word.Length..]) : string.Empty;
        return begins;
    }
}
