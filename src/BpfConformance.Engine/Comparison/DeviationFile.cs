using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using BpfConformance.Loading;

namespace BpfConformance.Engine.Comparison;

/// <summary>Reads deviations files: <c>NAME: REASON</c> a line, or <c>sometimes until YYYY-MM-DD NAME: REASON</c>; lines that begin with <c>#</c> are comments.</summary>
public static class DeviationFile
{
    public const string Extension = ".txt";

    /// <summary>Every case is held against every one of them; who needs more has another problem.</summary>
    private const int MaxDeviations = 10_000;

    private const int MaxLineLength = 4096;

    private const string Sometimes = "sometimes ";
    private const string Until = "until ";
    private const string DayForm = "yyyy-MM-dd";

    /// <param name="text">The file's text.</param>
    /// <param name="file">For messages.</param>
    /// <param name="suite">The folder of the suite that it is about; <c>null</c>: any.</param>
    /// <exception cref="BpfFormatException">Something is wrong with the file.</exception>
    public static ImmutableArray<Deviation> Read(string text, string file, string? suite)
    {
        var read = new Dictionary<string, Deviation>(StringComparer.Ordinal);
        int number = 0;
        foreach (string each in FileLines.Checked(text, file).Split('\n'))
        {
            number++;
            ReadOnlySpan<char> line = each.AsSpan().Trim(WhiteSpace.Characters);
            if (line.IsEmpty || line[0] == '#') continue;

            Deviation deviation = ReadLine(line, file, number, suite);
            if (!read.TryAdd(deviation.Name, deviation))
            {
                throw new BpfFormatException(file, number, 0, $"'{deviation.Name}' is there twice, first in line {read[deviation.Name].Line}");
            }

            if (read.Count > MaxDeviations) throw new BpfFormatException(file, number, 0, $"expected at most {MaxDeviations} deviations");
        }

        return [.. read.Values.OrderBy(deviation => deviation.Line)];
    }

    private static Deviation ReadLine(ReadOnlySpan<char> line, string file, int number, string? suite)
    {
        if (line.Length > MaxLineLength) throw Wrong($"{line.Length} characters, expected at most {MaxLineLength}");

        int colon = line.IndexOf(':');
        if (colon <= 0) throw Wrong("expected 'NAME: REASON'");

        ReadOnlySpan<char> declared = line[..colon];
        DateOnly? until = declared.StartsWith(Sometimes, StringComparison.Ordinal) ? TakeDay(ref declared) ?? throw Wrong("expected 'sometimes until YYYY-MM-DD NAME: REASON'") : null;
        string name = declared.Trim(WhiteSpace.Characters).ToString();
        string reason = line[(colon + 1)..].Trim(WhiteSpace.Characters).ToString();
        return reason.Any(char.IsLetter)
            ? new Deviation(name, reason, file, number, suite) { SometimesUntil = until }
            : throw Wrong($"'{name}' needs a reason: 'NAME: REASON'");

        BpfFormatException Wrong(string problem) => new(file, number, 0, problem);
    }

    /// <summary>Takes all that stands before the name; <c>null</c>: it is not as it should be.</summary>
    private static DateOnly? TakeDay(ref ReadOnlySpan<char> declared)
    {
        ReadOnlySpan<char> rest = declared[Sometimes.Length..].TrimStart(WhiteSpace.Characters);
        if (!rest.StartsWith(Until, StringComparison.Ordinal)) return null;
        rest = rest[Until.Length..].TrimStart(WhiteSpace.Characters);
        int end = rest.IndexOfAny(WhiteSpace.Characters);
        if (end < 0 || !DateOnly.TryParseExact(rest[..end], DayForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)) return null;
        declared = rest[end..];
        return day;
    }
}
