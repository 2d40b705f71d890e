using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Events;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>Which cases are loaded and run on the thread of the private network.</summary>
internal static class NetworkNeeds
{
    /// <summary>
    /// Those with steps in it, those whose maps name devices, which are found in the network of the thread that names them, and those with
    /// programs that are attached.
    /// </summary>
    public static bool Of(LoadRequest request) => request.HasNetwork
        || request.Maps.Any(map => map.Type is MapType.Devmap or MapType.DevmapHash)
        || Enumerable.Range(0, request.Program.Count).Any(index => HookEvents.AreOf(request.Program[index].Type));
}
