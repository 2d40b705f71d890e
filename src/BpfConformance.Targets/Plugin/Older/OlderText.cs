using System.Globalization;
using System.Text;

namespace BpfConformance.Targets.Plugin.Older;

/// <summary>How the older protocol writes bytes and results.</summary>
public static class OlderText
{
    private const string HexPrefix = "0x";

    /// <summary>Two lower-case digits and two spaces for each byte.</summary>
    public static string Bytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 4);
        foreach (byte each in bytes) text.Append(each.ToString("x2", CultureInfo.InvariantCulture)).Append("  ");
        return text.ToString();
    }

    /// <summary>Whether a text is bytes, and nothing else.</summary>
    public static bool IsBytes(string text) =>
        text.Length > 0 && text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } words
        && words.All(word => word.Length == 2 && word.All(char.IsAsciiHexDigit));

    /// <summary>r0 as a plug-in prints it, with or without 0x; <c>null</c>: it is none.</summary>
    public static ulong? Result(string text)
    {
        string digits = text.Trim();
        if (digits.StartsWith(HexPrefix, StringComparison.OrdinalIgnoreCase)) digits = digits[HexPrefix.Length..];
        return ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : null;
    }
}
