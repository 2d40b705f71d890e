using BpfConformance.Abi;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Runtime.Maps;

/// <summary>What maps have in common in which keys come and go.</summary>
internal static class HashRules
{
    /// <summary>htab_map_update_elem (kernel/bpf/hashtab.c, 6.18).</summary>
    public static Errno CheckFlags(ulong flags, bool hasLock = false) =>
        (flags & ~UpdateFlags.Lock) > UpdateFlags.Exist ? Errno.EINVAL
        : (flags & UpdateFlags.Lock) != 0 && !hasLock ? Errno.EINVAL
        : Errno.None;

    /// <summary>check_flags there.</summary>
    public static Errno CheckExists(bool exists, ulong flags) => (flags & ~UpdateFlags.Lock) switch
    {
        UpdateFlags.NoExist when exists => Errno.EEXIST,
        UpdateFlags.Exist when !exists => Errno.ENOENT,
        _ => Errno.None,
    };
}
