using System.Collections.Immutable;
using BpfConformance.Engine.Generation.Boundary;
using BpfConformance.Engine.Generation.Malformed;
using BpfConformance.Engine.Generation.Mutation;
using BpfConformance.Engine.Generation.Stress;
using BpfConformance.Engine.Generation.Sweep;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation;

/// <summary>All profiles, in the order of the help: one line each.</summary>
public static class Profiles
{
    public static ImmutableArray<Profile> All { get; } =
    [
        new("valid", 8, () => new ValidGenerator()),
        new("boundary", 4, () => new BoundaryGenerator()),
        new("stress", 1, () => new StressGenerator()),
        new("malformed", 6, () => new MalformedGenerator()),
        new("sweep", 2, () => new SweepGenerator()),
        new("mutate", 2, () => new MutateGenerator(new ValidGenerator())) { IsMutating = true },
    ];
}
