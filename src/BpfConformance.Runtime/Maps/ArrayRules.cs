using System.Runtime.CompilerServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>What maps have in common whose keys are indices (kernel/bpf/arraymap.c, 6.18).</summary>
internal static unsafe class ArrayRules
{
    public static uint IndexOf(GuestBytes key) => Unsafe.ReadUnaligned<uint>(key.Data);

    /// <summary>array_map_update_elem: there is nothing that does not exist.</summary>
    public static Errno CheckUpdate(uint index, int maxEntries, ulong flags, bool hasLock = false) =>
        (flags & ~UpdateFlags.Lock) > UpdateFlags.Exist ? Errno.EINVAL
        : index >= (uint)maxEntries ? Errno.E2BIG
        : (flags & UpdateFlags.NoExist) != 0 ? Errno.EEXIST
        : (flags & UpdateFlags.Lock) != 0 && !hasLock ? Errno.EINVAL
        : Errno.None;

    /// <summary>bpf_for_each_array_elem: all indices.</summary>
    public static int Walk(ref MapCursor cursor, int maxEntries) => cursor.Next < (uint)maxEntries ? (int)cursor.Next++ : -1;

    public static void SetIndex(GuestBytes key, int index)
    {
        key.Clear(sizeof(int));
        Unsafe.WriteUnaligned(key.Data, index);
    }

    /// <summary>array_map_get_next_key: after what is no index comes the first.</summary>
    public static Errno Next(GuestBytes key, GuestBytes next, int maxEntries)
    {
        uint index = key.IsNull ? uint.MaxValue : IndexOf(key);
        if (index == (uint)maxEntries - 1) return Errno.ENOENT;
        Unsafe.WriteUnaligned(next.Data, index >= (uint)maxEntries ? 0 : index + 1);
        return Errno.None;
    }
}
