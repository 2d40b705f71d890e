using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>Which cases are loaded and run on the thread of the private network.</summary>
internal static class NetworkNeeds
{
    /// <summary>Those with steps in it, and those whose maps name devices: these are found in the network of the thread that names them.</summary>
    public static bool Of(LoadRequest request) => request.HasNetwork || request.Maps.Any(map => map.Type is MapType.DevMap or MapType.DevMapHash);
}
