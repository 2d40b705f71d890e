using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// BPF_MAP_TYPE_ARENA (kernel/bpf/arena.c, 6.18): pages that user space and programs share, and no elements. Programs get pages by kernel functions, of
/// which there are none here.
/// </summary>
internal sealed class ArenaMap(MapDefinition definition) : Map(definition)
{
    public override int Elements => 0;

    public override Errno Read(GuestBytes key, GuestBytes value) => Errno.EINVAL;

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags) => Errno.EOPNOTSUPP;

    public override Errno Remove(GuestBytes key) => Errno.EOPNOTSUPP;

    public override void Clear()
    {
    }

    /// <summary>There are no elements.</summary>
    public override void Show(ref MapImageWriter image) => image.Begin(0);
}
