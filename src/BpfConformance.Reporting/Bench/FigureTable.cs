using System.Collections.Immutable;
using System.Text;

namespace BpfConformance.Reporting.Bench;

/// <summary>A table of figures, for a terminal, a pipe or Markdown.</summary>
/// <param name="Title">What the figures are.</param>
/// <param name="Header">Of each column; what is after a comma may go on the next line.</param>
/// <param name="Rows">The first cell names the row.</param>
internal sealed record FigureTable(string Title, ImmutableArray<string> Header, ImmutableArray<ImmutableArray<string>> Rows)
{
    private const int Width = 80;
    private const string Gap = "  ";

    /// <summary>Plain lines of at most 80 characters: columns that have no room there come below, with the names of the rows.</summary>
    public string ToText()
    {
        int[] widths = [.. Header.Select((head, column) => Math.Max(head.Split(", ").Max(line => line.Length), Rows.Max(row => row[column].Length)))];
        var text = new StringBuilder($"{Title}\n");
        for (int from = 1; from < Header.Length;)
        {
            int to = from;
            for (int width = widths[0]; to < Header.Length && (to == from || width + Gap.Length + widths[to] <= Width); to++) width += Gap.Length + widths[to];
            int[] columns = [0, .. Enumerable.Range(from, to - from)];
            int heads = columns.Max(column => Header[column].Split(", ").Length);
            for (int line = 0; line < heads; line++) AppendLine(text, columns, widths, column => Header[column].Split(", ").ElementAtOrDefault(line) ?? string.Empty);
            foreach (ImmutableArray<string> row in Rows) AppendLine(text, columns, widths, column => row[column]);
            from = to;
            text.Append('\n');
        }

        return text.ToString();
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder($"| {string.Join(" | ", Header)} |\n|:--|{string.Concat(Enumerable.Repeat("--:|", Header.Length - 1))}\n");
        foreach (ImmutableArray<string> row in Rows) text.Append($"| {string.Join(" | ", row.Select(MarkdownText.Escape))} |\n");
        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, int[] columns, int[] widths, Func<int, string> cellOf)
    {
        IEnumerable<string> cells = columns.Select(column => column == 0 ? cellOf(0).PadRight(widths[0]) : cellOf(column).PadLeft(widths[column]));
        text.Append(string.Join(Gap, cells).TrimEnd()).Append('\n');
    }
}
