using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Control groups: what is stored there.</summary>
internal static unsafe class GroupHelpers
{
    /// <summary>r1 is the map; the kernel loads no program with flags in r2.</summary>
    public static FaultKind GetLocalStorage(Machine* m)
    {
        if (MapSet.Of(m, m->Registers[1]) is not CgroupStorageKind map || m->Registers[2] != 0) return FaultKind.InvalidPointer;
        return Packet.Done(m, map.Local);
    }
}
