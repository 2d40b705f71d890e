using System.Globalization;
using BpfConformance.Abi;

namespace BpfConformance.Loading.Bytecode;

/// <summary>Bytes as text: pairs of hexadecimal digits.</summary>
public static class HexText
{
    /// <summary>
    /// Reads bytes in the order written. White space (space, tab, CR) may stand between bytes, and <c>0x</c> before every run of them;
    /// <c>#</c> begins a comment.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Its file, for messages.</param>
    /// <param name="firstLine">The line of the file on which the text begins.</param>
    /// <exception cref="BpfFormatException">A character is no hexadecimal digit, or a run has an odd number of them.</exception>
    public static byte[] Parse(string text, string? source = null, int firstLine = 1)
    {
        var bytes = new List<byte>(text.Length / 2);
        int number = firstLine;
        foreach (string line in text.Split('\n'))
        {
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            ReadLine(comment < 0 ? line : line[..comment], new SourceLine(source, number++), bytes);
        }

        return [.. bytes];
    }

    private static void ReadLine(ReadOnlySpan<char> text, SourceLine line, List<byte> bytes)
    {
        int position = 0;
        while (position < text.Length)
        {
            if (WhiteSpace.Characters.Contains(text[position]))
            {
                position++;
                continue;
            }

            int start = position;
            while (position < text.Length && !WhiteSpace.Characters.Contains(text[position])) position++;
            if (text[start..position].StartsWith("0x", StringComparison.Ordinal)) start += 2;
            ReadRun(text[start..position], start + 1, line, bytes);
        }
    }

    private static void ReadRun(ReadOnlySpan<char> digits, int column, SourceLine line, List<byte> bytes)
    {
        for (int i = 0; i < digits.Length; i++)
        {
            if (char.IsAsciiHexDigit(digits[i])) continue;
            throw line.Error(column + i, $"found {SourceLine.Quote(digits[i].ToString())}, expected hexadecimal digits");
        }

        if (digits.IsEmpty || digits.Length % 2 != 0)
        {
            throw line.Error(column, $"found {digits.Length} hexadecimal digits, expected two for each byte");
        }

        for (int i = 0; i < digits.Length; i += 2)
        {
            bytes.Add(byte.Parse(digits.Slice(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }
    }
}
