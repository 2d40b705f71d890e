namespace BpfConformance.Reporting.Reproducers;

/// <summary>Bytes as case files have them.</summary>
internal static class BytesText
{
    private const int BytesInLine = 32;

    /// <summary>In a place of a line: none are a dash.</summary>
    public static string InLine(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? "-" : Convert.ToHexStringLower(bytes);

    /// <summary>As lines.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? "-" : string.Join('\n', Convert.ToHexStringLower(bytes).Chunk(2 * BytesInLine).Select(line => new string(line)));
}
