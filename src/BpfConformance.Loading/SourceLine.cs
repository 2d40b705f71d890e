using BpfConformance.Abi;

namespace BpfConformance.Loading;

/// <summary>A line being read: it knows where it stands, and so how to complain.</summary>
/// <param name="Source">File name or other origin; <c>null</c> when there is none.</param>
/// <param name="Number">1-based.</param>
internal readonly record struct SourceLine(string? Source, int Number)
{
    private const int MaxQuotedLength = 40;

    public BpfFormatException Error(int column, string problem) => new(Source, Number, column, problem);

    /// <summary>A piece of the input as messages show it: short, and without characters that move the cursor.</summary>
    public static string Quote(string text) => $"'{Abbreviate(text)}'";

    public static string Abbreviate(string text)
    {
        string start = text.Length <= MaxQuotedLength ? text : text[..MaxQuotedLength] + "…";
        return string.Concat(start.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : $"{c}"));
    }
}
