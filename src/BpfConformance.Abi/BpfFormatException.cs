namespace BpfConformance.Abi;

/// <summary>
/// Malformed text or bytes: the only exception that anything which reads from outside throws. The message is one
/// sentence that says what was found and what was expected.
/// </summary>
public sealed class BpfFormatException : Exception
{
    /// <param name="source">File name or other origin; <c>null</c> when the text came from nowhere in particular.</param>
    /// <param name="line">1-based; 0 when the source has no lines (bytes) or the whole of it is meant.</param>
    /// <param name="column">1-based; 0 when the whole line is meant.</param>
    /// <param name="problem">What was found and what was expected, without the position.</param>
    public BpfFormatException(string? source, int line, int column, string problem)
        : base(Position(source, line, column) + problem)
    {
        (Origin, Line, Column, Problem) = (source, line, column, problem);
    }

    /// <summary>File name or other origin.</summary>
    public string? Origin { get; }

    /// <summary>1-based line, or 0.</summary>
    public int Line { get; }

    /// <summary>1-based column, or 0.</summary>
    public int Column { get; }

    /// <summary>The message without its position.</summary>
    public string Problem { get; } = string.Empty;

    private static string Position(string? source, int line, int column)
    {
        string place = line == 0 ? string.Empty : column == 0 ? $"{line}" : $"{line}:{column}";
        string prefix = source is null ? (line == 0 ? string.Empty : $"line {place}") : line == 0 ? source : $"{source}:{place}";
        return prefix.Length == 0 ? string.Empty : prefix + ": ";
    }
}
