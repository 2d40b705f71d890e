using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// Control groups (kernel/bpf/helpers.c, kernel/bpf/cgroup.c, net/core/filter.c, 6.18): what is in them and is stored there. Their numbers are each machine's
/// own; here the group of the case is the first and only one of its hierarchy.
/// </summary>
internal static unsafe class GroupHelpers
{
    /// <summary>r1 is the map; the kernel loads no program with flags in r2.</summary>
    public static FaultKind GetLocalStorage(Machine* m)
    {
        if (MapSet.Of(m, m->Registers[1]) is not CgroupStorageKind map || m->Registers[2] != 0) return FaultKind.InvalidPointer;
        return Packet.Done(m, map.Local);
    }

    /// <summary>r1 is an array, the lower half of r2 an index.</summary>
    public static FaultKind CurrentTaskUnderCgroup(Machine* m) => MapSet.Of(m, m->Registers[1]) is CgroupArrayMap groups
        ? Packet.Done(m, groups.IsUnder((uint)m->Registers[2], isInGroup: true))
        : FaultKind.InvalidPointer;

    /// <summary>The same of the packet's socket; the array is in r2, and the index in r3.</summary>
    public static FaultKind SkbUnderCgroup(Machine* m)
    {
        if (!Packet.IsSkBuff(m) || MapSet.Of(m, m->Registers[2]) is not CgroupArrayMap groups) return FaultKind.InvalidPointer;
        return Packet.Done(m, SocketIdentity.IsThere(m) ? groups.IsUnder((uint)m->Registers[3], !m->Packet.IsOutside) : -(long)Errno.ENOENT);
    }

    public static FaultKind GetCurrentCgroupId(Machine* m) => Packet.Done(m, (long)GroupStorageKeys.CaseGroup);

    /// <summary>The lower half of r1 is a level, from the top on.</summary>
    public static FaultKind GetCurrentAncestorCgroupId(Machine* m) => Packet.Done(m, AncestorAt(m->Registers[1]));

    public static FaultKind SkbCgroupId(Machine* m) => OfPacket(m, (long)GroupStorageKeys.CaseGroup);

    public static FaultKind SkbAncestorCgroupId(Machine* m) => OfPacket(m, AncestorAt(m->Registers[2]));

    public static FaultKind SkCgroupId(Machine* m) => OfSocket(m, (long)GroupStorageKeys.CaseGroup);

    public static FaultKind SkAncestorCgroupId(Machine* m) => OfSocket(m, AncestorAt(m->Registers[2]));

    /// <summary>The class that the group of the task has in net_cls, the hierarchy of control groups v1.</summary>
    public static FaultKind GetCgroupClassid(Machine* m) => Packet.Done(m, 0);

    /// <summary>The same of the group of the packet's socket.</summary>
    public static FaultKind SkbCgroupClassid(Machine* m) => OfPacket(m, 0);

    private static long AncestorAt(ulong level) => (int)level == 0 ? (long)GroupStorageKeys.CaseGroup : 0;

    private static FaultKind OfPacket(Machine* m, long value) =>
        Packet.IsSkBuff(m) ? Packet.Done(m, SocketIdentity.IsThere(m) ? value : 0) : FaultKind.InvalidPointer;

    private static FaultKind OfSocket(Machine* m, long value) =>
        SocketIdentity.IsAt(m, m->Registers[1]) ? Packet.Done(m, value) : FaultKind.InvalidPointer;
}
