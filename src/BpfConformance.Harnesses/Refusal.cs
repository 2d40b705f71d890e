using System.Text;
using BpfConformance.Abi;

namespace BpfConformance.Harnesses;

/// <summary>How readers say no: by a <see cref="BpfFormatException"/> that names the file and a place in it.</summary>
internal static class Refusal
{
    /// <summary>The file that readers are told.</summary>
    public const string File = "input";

    private const string Property = "a refusal names a place of the text";

    /// <summary>Bytes as text: what is no UTF-8 becomes U+FFFD, as no file that is read holds any.</summary>
    public static string TextOf(ReadOnlySpan<byte> input) => Encoding.UTF8.GetString(input);

    /// <summary>What a reader makes of a text; <c>null</c>: it refuses it, as it should.</summary>
    public static T? OrValue<T>(string text, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (BpfFormatException refusal)
        {
            CheckPlace(refusal, text);
            return null;
        }
    }

    private static void CheckPlace(BpfFormatException refusal, string text)
    {
        string[] lines = text.Split('\n');
        if (refusal.Origin != File) throw new PropertyException(Property, $"'{refusal.Message}' is of '{refusal.Origin}'");
        if (refusal.Problem.Length == 0) throw new PropertyException(Property, "it says nothing");
        if (refusal.Line < 0 || refusal.Line > lines.Length) throw new PropertyException(Property, $"'{refusal.Message}', of {lines.Length} lines");
        if (refusal.Column < 0 || (refusal.Line > 0 && refusal.Column > lines[refusal.Line - 1].Length + 1))
        {
            throw new PropertyException(Property, $"'{refusal.Message}', of a line of {lines[refusal.Line - 1].Length} characters");
        }
    }
}
