namespace BpfConformance.Loading;

/// <summary>What stands between words in every text that is read: few characters, named one by one, so that every reader in every language sees the same words.</summary>
public static class WhiteSpace
{
    /// <summary>CR: that of a line end.</summary>
    public static ReadOnlySpan<char> Characters => [' ', '\t', '\r'];
}
