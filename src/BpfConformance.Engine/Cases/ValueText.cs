using System.Globalization;

namespace BpfConformance.Engine.Cases;

/// <summary>A 64-bit value as text: <c>0x</c> and hexadecimal digits, or decimal, or negative decimal.</summary>
public static class ValueText
{
    public const string Expected = "a 64-bit value such as 0x5, 5 or -5";

    /// <summary><c>0x</c> and 16 digits: more could only be zeros.</summary>
    private const int MaxHexLength = 18;

    public static bool TryParse(ReadOnlySpan<char> text, out ulong value)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            value = 0;
            return text.Length <= MaxHexLength
                && ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        bool isNegative = text.StartsWith("-", StringComparison.Ordinal);
        if (HasLeadingZero(isNegative ? text[1..] : text))
        {
            value = 0;
            return false;
        }

        if (!isNegative) return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

        bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long signed);
        value = unchecked((ulong)signed);
        return isNumber;
    }

    /// <summary>Decimal from 0 to 2^31 − 1, without leading zeros.</summary>
    public static bool TryParseCount(ReadOnlySpan<char> text, out int count)
    {
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
        return isNumber && !HasLeadingZero(text);
    }

    /// <summary>It means octal to some readers.</summary>
    private static bool HasLeadingZero(ReadOnlySpan<char> digits) => digits.Length > 1 && digits[0] == '0';
}
