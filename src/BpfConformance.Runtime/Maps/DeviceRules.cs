using BpfConformance.Abi.Maps;

namespace BpfConformance.Runtime.Maps;

/// <summary>What maps of devices have in common (kernel/bpf/devmap.c, 6.18).</summary>
internal static class DeviceRules
{
    /// <summary>BPF_F_BROADCAST and BPF_F_EXCLUDE_INGRESS.</summary>
    public const ulong RedirectFlags = 0x18;

    /// <summary>dev_map_init_map: programs only read, though nobody may say so.</summary>
    public static MapDefinition ForPrograms(MapDefinition map) => map with { Flags = map.Flags | MapFlags.ReadOnlyForPrograms };
}
