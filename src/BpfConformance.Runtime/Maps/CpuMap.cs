using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_CPUMAP (kernel/bpf/cpumap.c, 6.18): by processor, how many packets may wait for it.</summary>
/// <param name="definition">What was found right.</param>
internal sealed class CpuMap(MapDefinition definition) : TargetArray(definition, AttachType.XdpCpumap)
{
    /// <summary>The most packets that may wait.</summary>
    private const uint MaxQueue = 16384;

    public override ulong? RedirectFlags => 0;

    protected override Errno Check(uint index, GuestBytes value)
    {
        uint queue = ProgramTargets.NumberIn(value);
        return queue > MaxQueue ? Errno.EOVERFLOW
            : index >= Processors ? Errno.ENODEV
            : queue != 0 && !Targets.IsRight(value) ? Errno.ENOMEM
            : Errno.None;
    }
}
