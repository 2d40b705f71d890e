using System.Collections.Immutable;
using BpfConformance.Engine.Generation;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary>Where programs come from.</summary>
/// <param name="Name">For people.</param>
/// <param name="CreateGenerators">They take turns.</param>
internal sealed record HuntMethod(string Name, Func<ImmutableArray<IProgramGenerator>> CreateGenerators)
{
    /// <summary>The fuzzer: every profile as often as in a campaign.</summary>
    public static HuntMethod Fuzzer { get; } =
        new("fuzzer", () => [.. Profiles.All.SelectMany(profile => Enumerable.Repeat(profile.Create(), profile.Weight))]);

    /// <summary>What it is held against.</summary>
    public static HuntMethod Bytes { get; } = new("bytes", () => [new ByteGenerator()]);
}
