using System.Text;

namespace BpfConformance.Reporting;

/// <summary>Text from outside, made harmless for Markdown.</summary>
internal static class MarkdownText
{
    private const string Special = "\\`*_{}[]<>|#~";

    /// <summary>Plain text on one line, also in a table's cell.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in OneLine(text))
        {
            if (Special.Contains(c, StringComparison.Ordinal)) escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>
    /// Code on one line, also in a table's cell, where GitHub takes a bar for the next cell unless a backslash is
    /// before it, even in code.
    /// </summary>
    public static string Code(string text)
    {
        string fence = new('`', LongestRun(text) + 1);
        string padding = text.StartsWith('`') || text.EndsWith('`') ? " " : string.Empty;
        return $"{fence}{padding}{OneLine(text).Replace("|", "\\|", StringComparison.Ordinal)}{padding}{fence}";
    }

    /// <summary>Code on lines of its own.</summary>
    public static string Block(string text)
    {
        string fence = new('`', Math.Max(3, LongestRun(text) + 1));
        return $"{fence}text\n{text.TrimEnd('\n')}\n{fence}";
    }

    /// <summary>An argument as a shell takes it.</summary>
    public static string ShellWord(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./,:=@%+".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();

    private static int LongestRun(string text)
    {
        int longest = 0;
        int run = 0;
        foreach (char c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
