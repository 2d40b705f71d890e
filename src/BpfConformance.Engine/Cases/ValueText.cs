using System.Globalization;

namespace BpfConformance.Engine.Cases;

/// <summary>A 64-bit value as text: <c>0x</c> and hexadecimal digits, or decimal, or negative decimal.</summary>
public static class ValueText
{
    public const string Expected = "a 64-bit value such as 0x5, 5 or -5";

    public static bool TryParse(ReadOnlySpan<char> text, out ulong value)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            return ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        // A leading zero means octal to some readers.
        bool isNegative = text.StartsWith("-", StringComparison.Ordinal);
        ReadOnlySpan<char> digits = isNegative ? text[1..] : text;
        if (digits.Length > 1 && digits[0] == '0')
        {
            value = 0;
            return false;
        }

        if (!isNegative) return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

        bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long signed);
        value = unchecked((ulong)signed);
        return isNumber;
    }
}
