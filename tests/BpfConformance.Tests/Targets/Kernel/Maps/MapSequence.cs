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

    /// <summary>Programs without a hook are run as ones that trace, which have no use for fields in values.</summary>
    private ProgramType Type => Kind.Fields.Length > 0 ? ProgramType.Xdp : ProgramType.Unspecified;

    public LoadRequest ToRequest() =>
        new(new BpfProgram([.. new OperationProgram(Layout, Map, Subject).With(Kind.AllowedIn(Map.Flags), Type)], Type), Maps, Layout.Bytes)
        {
            IsSequence = true,
        };
}
