using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Maps;

/// <summary>What maps of devices have in common (kernel/bpf/devmap.c, 6.18).</summary>
internal static class DeviceRules
{
    public const ulong RedirectFlags = Redirect.Broadcast | Redirect.ExcludesIngress;

    /// <summary>dev_map_init_map: programs only read, though nobody may say so.</summary>
    public static MapDefinition ForPrograms(MapDefinition map) => map with { Flags = map.Flags | MapFlags.ReadOnlyForPrograms };
}
