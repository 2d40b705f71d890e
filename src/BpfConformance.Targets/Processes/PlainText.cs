using System.Globalization;
using System.Text;

namespace BpfConformance.Targets.Processes;

/// <summary>What a child says, for terminals and reports.</summary>
internal static class PlainText
{
    /// <summary>
    /// The text without space around it, and with a space for each character that changes how others are shown: controls, but for line ends and tabs, and marks
    /// of direction, joining and lines.
    /// </summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text) && !text.Any(char.IsControl)) return text.Trim();
        var plain = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) plain.Append(ChangesOthers(rune) ? " " : rune.ToString());
        return plain.ToString().Trim();
    }

    private static bool ChangesOthers(Rune rune) => rune.Value is not ('\n' or '\t') && Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
