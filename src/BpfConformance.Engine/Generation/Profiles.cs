using System.Collections.Immutable;

namespace BpfConformance.Engine.Generation;

/// <summary>All profiles, in the order of the help: one line each.</summary>
public static class Profiles
{
    public static ImmutableArray<Profile> All { get; } =
    [
    ];
}
