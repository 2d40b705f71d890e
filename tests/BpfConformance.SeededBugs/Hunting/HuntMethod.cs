using System.Collections.Immutable;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Generation.Boundary;
using BpfConformance.Engine.Generation.Malformed;
using BpfConformance.Engine.Generation.Mutation;
using BpfConformance.Engine.Generation.Sweep;
using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary>Where programs come from.</summary>
/// <param name="Name">For people.</param>
/// <param name="CreateGenerators">They take turns.</param>
internal sealed record HuntMethod(string Name, Func<ImmutableArray<IProgramGenerator>> CreateGenerators)
{
    /// <summary>The fuzzer.</summary>
    public static HuntMethod Fuzzer { get; } = new("fuzzer", () => [new ValidGenerator(), new SweepGenerator(), new MutateGenerator(new ValidGenerator()), new MalformedGenerator(), new BoundaryGenerator()]);

    /// <summary>What it is held against.</summary>
    public static HuntMethod Bytes { get; } = new("bytes", () => [new ByteGenerator()]);
}
