using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_CGROUP_ARRAY (kernel/bpf/arraymap.c, kernel/bpf/helpers.c, 6.18): control groups, which nobody reads back.</summary>
internal sealed class CgroupArrayMap : FdArray
{
    private readonly WordIndices<ControlGroupKind> _groups;

    /// <param name="definition">What was found right.</param>
    public CgroupArrayMap(MapDefinition definition)
        : this(definition, new WordIndices<ControlGroupKind>(definition.MaxEntries))
    {
    }

    private CgroupArrayMap(MapDefinition definition, WordIndices<ControlGroupKind> groups)
        : base(definition, groups) => _groups = groups;

    public override Errno Read(GuestBytes key, GuestBytes value) => Errno.ENOTSUPP;

    /// <summary>Whether something is in the group at an index: 1 or 0, or an error.</summary>
    /// <param name="index">Which.</param>
    /// <param name="isInGroup">Whether it is in that of the case.</param>
    public long IsUnder(uint index, bool isInGroup) =>
        index >= (uint)MaxEntries ? Error(Errno.E2BIG)
        : !_groups.Has((int)index) ? Error(Errno.EAGAIN)
        : isInGroup && (ControlGroupKind)_groups[(int)index] == ControlGroupKind.Group ? 1
        : 0;

    public override void Show(ref MapImageWriter image) => image.Begin(0);
}
