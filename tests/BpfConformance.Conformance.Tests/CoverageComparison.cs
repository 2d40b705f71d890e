using System.Globalization;
using System.Text.RegularExpressions;

namespace BpfConformance.Conformance.Tests;

/// <summary>Two coverage reports, the committed one and a fresh one: in what the suite covers less than it did.</summary>
internal static partial class CoverageComparison
{
    /// <summary>Columns that say how much was done, not how much is covered.</summary>
    private static readonly string[] s_volumes = ["Refused", "Executions"];

    /// <summary>One sentence for each cell that became less; empty when there is none.</summary>
    public static IEnumerable<string> Losses(string committed, string fresh)
    {
        Dictionary<(string Row, string Column), string> now = Cells(fresh);
        foreach (((string row, string column), string before) in Cells(committed))
        {
            if (s_volumes.Contains(column)) continue;
            string after = now.GetValueOrDefault((row, column), "nothing");
            bool isLess = column == "Observed" ? before == "✅" && after != "✅" : Number(after) < Number(before);
            if (isLess) yield return $"{row}: {column} was {before}, is {after}";
        }
    }

    /// <summary>The cells of all tables whose first column is the row of the instruction table.</summary>
    private static Dictionary<(string Row, string Column), string> Cells(string report)
    {
        var cells = new Dictionary<(string, string), string>();
        string[] titles = [];
        foreach (string line in report.Split('\n'))
        {
            string[] words = [.. line.Split('|').Select(word => word.Trim())];
            if (line.StartsWith("| Row |", StringComparison.Ordinal)) titles = words;
            if (!line.StartsWith("| `", StringComparison.Ordinal)) continue;
            for (int i = 2; i < words.Length - 1; i++) cells[(words[1].Trim('`'), titles[i])] = words[i];
        }

        return cells;
    }

    private static int Number(string cell) =>
        FirstNumber().Match(cell) is { Success: true } found ? int.Parse(found.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FirstNumber();
}
