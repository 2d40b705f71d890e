using System.Text.RegularExpressions;

namespace BpfConformance.Engine.Findings;

/// <summary>How a machine broke, from what was told of it.</summary>
public static partial class Breakdown
{
    /// <summary>Of what a kernel says the numbers are addresses, processes and values: with them it would be another bug each time.</summary>
    public static string FormOf(string got)
    {
        Match broken = Broken().Match(got);
        return broken.Groups["line"] is { Success: true } line ? WithoutNumbers(line.Value) : broken.Value;
    }

    /// <summary>Whether a kernel or its verifier says itself what is wrong, in a line.</summary>
    public static bool HasLine(string got) => Broken().Match(got).Groups["line"].Success;

    /// <summary>Whether somebody else who has asked was told the same.</summary>
    /// <param name="said">All that he was told, in lines.</param>
    /// <param name="form">As of <see cref="FormOf"/>.</param>
    public static bool IsIn(string said, string form) => form.Length > 0 && said.Split('\n').Any(line => WithoutNumbers(line).Contains(form, StringComparison.Ordinal));

    private static string WithoutNumbers(string line) => Numbers().Replace(line, "N");

    /// <summary>In the words of those who notice: a signal, an exit code, an exception, the line that a kernel or its verifier wrote, or else its new taint.</summary>
    [GeneratedRegex(
        @"SIG[A-Z]+|exit code \d+|\w+Exception|(its log says|wrong in itself): (?<line>.+)|new bits 0x[0-9a-f]+(?!.*its log says)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Broken();

    [GeneratedRegex("-?(0x[0-9a-f]+|[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
