namespace BpfConformance.Abi.Maps;

/// <summary>For whom the older loaders pin a map: <c>pinning</c> of their <c>struct bpf_elf_map</c> (iproute2 include/bpf_elf.h), same numbers.</summary>
public enum PinNamespace
{
    /// <summary>PIN_OBJECT_NS: for the programs of one object file.</summary>
    Object = 1,

    /// <summary>PIN_GLOBAL_NS: for all.</summary>
    Global = 2,
}

/// <summary>Where such a loader pins a map when it loads it, unless one is pinned there already: that one is the map, then.</summary>
/// <param name="Namespace">For whom.</param>
/// <param name="Name">By which they find it.</param>
public sealed record MapPin(PinNamespace Namespace, string Name)
{
    /// <summary>The most bytes of a name: NAME_MAX (uapi linux/limits.h).</summary>
    public const int LongestName = 255;

    /// <summary>Whether a text can be such a name: a letter or <c>_</c>, then letters, digits and <c>_</c>.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName && !char.IsAsciiDigit(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    /// <summary>The folders on the way, from the root of the file system on.</summary>
    public IEnumerable<string> Folders => ["tc", Folder];

    /// <summary>From the root of the file system on.</summary>
    public string Path => $"{Folder}/{Name}";

    /// <summary>A case is one object: the word stands where these loaders have a hash of the file.</summary>
    private string Folder => Namespace switch
    {
        PinNamespace.Object => "tc/object",
        PinNamespace.Global => "tc/globals",
    };
}
