using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>BPF_MAP_TYPE_DEVMAP (kernel/bpf/devmap.c, 6.18): devices by their ifindex. Programs may read what it has.</summary>
/// <param name="definition">What was found right.</param>
internal sealed class DevMap(MapDefinition definition) : TargetArray(DeviceRules.ForPrograms(definition), AttachType.XdpDevmap)
{
    public override ulong? RedirectFlags => DeviceRules.RedirectFlags;

    public override long Lookup(GuestBytes key)
    {
        uint index = ArrayRules.IndexOf(key);
        return LeadsFrom(index) ? Values.AddressOf((int)index) : 0;
    }

    protected override Errno Check(uint index, GuestBytes value)
    {
        uint device = ProgramTargets.NumberIn(value);
        bool isRight = device == 0 ? !Targets.HasProgram(value) : CaseNetwork.Has((int)device) && Targets.IsRight(value);
        return isRight ? Errno.None : Errno.EINVAL;
    }
}
