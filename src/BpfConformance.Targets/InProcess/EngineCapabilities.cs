using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Targets.InProcess;

/// <summary>What our own engines can do: the runtime is the same.</summary>
internal static class EngineCapabilities
{
    /// <param name="probes">What is the engine's own.</param>
    public static TargetCapabilities With(params ReadOnlySpan<CapabilityProbe> probes) => new(
        Version: typeof(EngineCapabilities).Assembly.GetName().Version!.ToString(3), // every assembly has one
        Groups: [.. Enum.GetValues<ConformanceGroup>().Except([ConformanceGroup.AddressSpace])],
        Cpu: CpuVersion.V4,
        Types: [.. HookContexts.Types],
        MaxDataBytes: MachineMemory.MaxDataBytes,
        Probes:
        [
            .. probes,
            new("maps", Available: true, string.Join(", ", MapFactory.Types.Select(type => Vocabulary.MapTypes[type]))),
            new("address spaces", Available: false, "an arena is created, but programs get no pages of it"),
        ])
    {
        HasUserSpace = true,
        HasSeveralPrograms = true,
        HasContexts = true,
        HasNetwork = true,
        HasObjects = true,
        HasSockets = true,
        HasValueFields = true,
        Helpers = [.. HelperTable.All.Where(helper => HelperSet.Has((ulong)helper))],
    };
}
