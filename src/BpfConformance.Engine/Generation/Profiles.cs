using System.Collections.Immutable;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation;

/// <summary>All profiles, in the order of the help: one line each.</summary>
public static class Profiles
{
    public static ImmutableArray<Profile> All { get; } =
    [
        new("valid", 8, () => new ValidGenerator()),
    ];
}
