using BpfConformance.Abi;

namespace BpfConformance.Engine.Cases.Grids;

/// <summary>What the parts of a grid are called.</summary>
internal static class GridNames
{
    private const int MaxLength = 40;

    /// <summary><c>name = values</c></summary>
    /// <exception cref="BpfFormatException">The text is not of that form.</exception>
    public static (string Name, string Values) Assignment(string text, Section section, int line)
    {
        int sign = text.IndexOf('=', StringComparison.Ordinal);
        string name = sign < 0 ? string.Empty : FileLines.Trim(text[..sign]);
        return IsName(name)
            ? (name, FileLines.Trim(text[(sign + 1)..]))
            : throw section.Error(line, $"found {Section.Quote(text)}, expected name = values, the name of letters and digits");
    }

    public static bool IsName(string text) =>
        text.Length is > 0 and <= MaxLength && char.IsAsciiLetter(text[0]) && text.All(char.IsAsciiLetterOrDigit);

    /// <summary>Names one value of a text axis: as a file is named.</summary>
    public static bool IsLabel(string text) =>
        text.Length is > 0 and <= MaxLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
