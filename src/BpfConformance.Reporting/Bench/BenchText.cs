namespace BpfConformance.Reporting.Bench;

/// <summary>Writes what was measured for a terminal, or a pipe.</summary>
public static class BenchText
{
    public static string Of(BenchReport report) => string.Concat(BenchTables.Of(report).Select(table => table.ToText())).TrimEnd('\n') is { Length: > 0 } text ? text + "\n" : string.Empty;
}
