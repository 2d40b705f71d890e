namespace BpfConformance.Engine.Targets;

/// <summary>Where an exception came from, for who mends it: as many lines as a record of a finding has room for.</summary>
public static class StackText
{
    private const int MostLines = 20;
    private const int LongestLine = 240;

    /// <summary>What it says, of which nobody knows how long it is.</summary>
    public static string MessageOf(Exception bug) => Cut(bug.Message);

    /// <summary>A call a line, the innermost first; of an exception that was caught and thrown on, those of the first.</summary>
    public static string Of(Exception bug)
    {
        string[] lines = (bug.GetBaseException().StackTrace ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join('\n', lines.Take(MostLines).Select(Cut));
    }

    private static string Cut(string line) => line[..Math.Min(line.Length, LongestLine)];
}
