using BpfConformance.Abi.Maps;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_PROG_ARRAY (kernel/bpf/arraymap.c, 6.18): where tail calls lead.</summary>
internal sealed class ProgArrayMap : FdArray
{
    private readonly ProgramIndices _programs;

    /// <param name="definition">What was found right.</param>
    public ProgArrayMap(MapDefinition definition)
        : this(definition, new ProgramIndices(definition.MaxEntries))
    {
    }

    private ProgArrayMap(MapDefinition definition, ProgramIndices programs)
        : base(definition, programs) => _programs = programs;

    /// <summary>The index in the case of the program at an index of the array; <see cref="ObjectIndices.None"/>: there is none.</summary>
    public int ProgramAt(uint index) => index < (uint)MaxEntries ? _programs[(int)index] : ObjectIndices.None;
}
