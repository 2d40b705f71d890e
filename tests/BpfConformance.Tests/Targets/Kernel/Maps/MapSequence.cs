using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>A sequence of operations on a map of a kind: the last of these maps, which may hold the others.</summary>
internal sealed record MapSequence(MapKind Kind, ImmutableArray<MapDefinition> Maps, ImmutableArray<RunInput> Steps)
{
    public int Subject => Maps.Length - 1;

    public MapDefinition Map => Maps[^1];

    public OperationLayout Layout { get; } = new(Maps[^1], Maps[^1].InnerMap is { } inner ? Maps[inner] : null);

    public int ImageBytes => (int)MapImage.MaxBytes(Maps);

    public LoadRequest ToRequest() =>
        new(new BpfProgram([.. new OperationProgram(Layout, Subject).With(Kind.AllowedIn(Map.Flags))]), Maps, Layout.Bytes)
        {
            IsSequence = true,
        };
}
