using System.Buffers;
using System.Text.RegularExpressions;

namespace BpfConformance.Engine.Oracles;

/// <summary>Marks in two texts where they first differ, if it is in bytes too many to compare by eye, and cuts long rows of bytes.</summary>
public static partial class DifferenceText
{
    /// <summary>Digits of rows in which nothing has to be marked.</summary>
    private const int ShortDigits = 16;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    /// <summary>The same texts: the first byte that differs in brackets, and of the bytes before and behind it some.</summary>
    public static (string Expected, string Got) Mark(string expected, string got)
    {
        int place = expected.AsSpan().CommonPrefixLength(got);
        int start = place;
        while (start > 0 && char.IsAsciiHexDigitLower(expected[start - 1])) start--;
        bool isNumber = start > 0 && expected[start - 1] == 'x';
        if (isNumber || Digits(expected, start) <= ShortDigits || Digits(got, start) <= ShortDigits || expected == got) return (Cut(expected), Cut(got));

        int offset = place - ((place - start) % 2);
        return (Marked(expected, start, offset), Marked(got, start, offset));
    }

    private static int Digits(string text, int start) => text.AsSpan(start).IndexOfAnyExcept(s_digits) is >= 0 and var length ? length : text.Length - start;

    private static string Marked(string text, int start, int offset)
    {
        int end = Math.Min(offset + 2, start + Digits(text, start));
        return $"{LongBefore().Replace(Cut(text[..start]) + text[start..offset], "…${kept}")}[{text[offset..end]}]{Cut(LongAfter().Replace(text[end..], "${kept}…"))}";
    }

    private static string Cut(string text) => Long().Replace(text, "${kept}…");

    /// <summary>More than 64 bytes: the first 32 stay.</summary>
    [GeneratedRegex("(?<kept>[0-9a-f]{64})[0-9a-f]{66,}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Long();

    /// <summary>More than 24 bytes before the mark: the last 16 stay.</summary>
    [GeneratedRegex("[0-9a-f]{16,}(?<kept>[0-9a-f]{32})$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LongBefore();

    /// <summary>More than 24 bytes behind the mark: the first 16 stay.</summary>
    [GeneratedRegex("^(?<kept>[0-9a-f]{32})[0-9a-f]{16,}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LongAfter();
}
