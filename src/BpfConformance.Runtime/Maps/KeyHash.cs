namespace BpfConformance.Runtime.Maps;

/// <summary>How a kind of map finds the bucket of a key.</summary>
internal enum KeyHash
{
    /// <summary><see cref="JenkinsHash"/>.</summary>
    Jenkins,

    /// <summary>A key is a number of four bytes, and its own hash.</summary>
    Itself,
}
