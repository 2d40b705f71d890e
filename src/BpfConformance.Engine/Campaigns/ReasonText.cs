using System.Buffers;
using System.Text;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Campaigns;

/// <summary>The kind of reason that a verdict gives: its class and its words, without the numbers that differ from program to program.</summary>
public static class ReasonText
{
    private const int MaxLength = 120;

    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> s_word = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    public static string Of(Verdict verdict)
    {
        var text = new StringBuilder(verdict.Kind is VerdictKind.Rejected ? $"{verdict.Reason}" : $"{verdict.Kind}");
        ReadOnlySpan<char> message = verdict.Message.Length == 0 ? string.Empty : $": {verdict.Message}";
        while (!message.IsEmpty && text.Length < MaxLength)
        {
            int length = message.IndexOfAnyExcept(s_word);
            if (length < 0) length = message.Length;
            if (length > 0) AddWord(text, message[..length]);
            else text.Append(message[0] < ' ' ? ' ' : message[0]);
            message = message[Math.Max(1, length)..];
        }

        return text.ToString(0, Math.Min(text.Length, MaxLength)).TrimEnd();
    }

    /// <summary>Digits within a name are of the name, but for those of a register.</summary>
    private static void AddWord(StringBuilder text, ReadOnlySpan<char> word)
    {
        bool isRegister = word is ['R' or 'r' or 'W' or 'w', >= '0' and <= '9', ..];
        bool isOpcode = word is [>= 'a' and <= 'f', >= '0' and <= '9']; // as the kernel writes one: a byte, without 0x
        if (isRegister) text.Append(word[0]);
        ReadOnlySpan<char> rest = isRegister ? word[1..] : word;
        int digits = isOpcode ? rest.Length : DigitsIn(rest);
        if (digits > 0) text.Append('N');
        text.Append(rest[digits..]);
    }

    /// <summary>Of the number with which a word begins, and which may have a unit; 0: it is a name.</summary>
    private static int DigitsIn(ReadOnlySpan<char> word)
    {
        int digits = word.IndexOfAnyExceptInRange('0', '9');
        if (digits == 0) return 0;
        bool isHexadecimal = digits < 0 || word is ['0', 'x', ..] || word.IndexOfAnyExcept(s_hexadecimal) < 0;
        return isHexadecimal ? word.Length : digits;
    }
}
