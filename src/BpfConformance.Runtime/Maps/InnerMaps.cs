using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>The maps in a map of maps (kernel/bpf/map_in_map.c, 6.18).</summary>
/// <param name="elements">How many there may be.</param>
/// <param name="template">The index of a map that all look like.</param>
internal sealed unsafe class InnerMaps(int elements, int template) : ObjectIndices(elements)
{
    private LoadedMaps _siblings = new([], []);

    /// <summary>What programs get.</summary>
    public long AddressOf(int element) => Has(element) ? (long)Regions.Address(Regions.Maps + this[element], 0) : 0;

    public override void Join(int map, LoadedMaps siblings, BpfProgram program) => _siblings = siblings;

    public override void Set(int element, GuestBytes index)
    {
        int map = _siblings.Indices[IndexOf(index)]; // which was found to be one
        base.Set(element, new GuestBytes((byte*)&map, shadow: null));
    }

    /// <summary>bpf_map_fd_get_ptr.</summary>
    public override Errno Check(GuestBytes index)
    {
        int map = IndexOf(index);
        if ((uint)map >= (uint)_siblings.Definitions.Length) return Errno.EBADF;
        return LooksLike(_siblings.Definitions[template], _siblings.Definitions[map]) ? Errno.None : Errno.EINVAL;
    }

    /// <summary>bpf_map_meta_equal, and array_map_meta_equal.</summary>
    private static bool LooksLike(MapDefinition template, MapDefinition map) =>
        (map.Type, map.KeyBytes, map.ValueBytes) == (template.Type, template.KeyBytes, template.ValueBytes)
        && map.FlagsAfterwards == template.FlagsAfterwards
        && ValueFields.Of(map) == ValueFields.Of(template)
        && (map.Type != MapType.Array || map.MaxEntries == template.MaxEntries || map.Flags.HasFlag(MapFlags.InnerMap));
}
