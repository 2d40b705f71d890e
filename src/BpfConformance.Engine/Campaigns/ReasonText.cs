using System.Text;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Campaigns;

/// <summary>The kind of reason that a verdict gives: its class and its words, without the numbers that differ from program to program.</summary>
public static class ReasonText
{
    private const int MaxLength = 120;

    public static string Of(Verdict verdict)
    {
        var text = new StringBuilder(verdict.Kind is VerdictKind.Rejected ? $"{verdict.Reason}" : $"{verdict.Kind}");
        ReadOnlySpan<char> message = verdict.Message.Length == 0 ? string.Empty : $": {verdict.Message}";
        for (int i = 0; i < message.Length && text.Length < MaxLength; i++)
        {
            if (char.IsAsciiDigit(message[i]))
            {
                text.Append('N');
                while (i + 1 < message.Length && IsOfNumber(message[i + 1])) i++;
            }
            else
            {
                text.Append(message[i] < ' ' ? ' ' : message[i]);
            }
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>Digits of any base, and the x before them.</summary>
    private static bool IsOfNumber(char letter) => char.IsAsciiHexDigit(letter) || letter == 'x';
}
