using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Events;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>Which cases are loaded, and which are run, on the thread of the private network.</summary>
internal static class NetworkNeeds
{
    /// <summary>Those with maps that begin with devices, which are found in the network of the thread that names them, or with its control group. A verdict needs nothing else of it.</summary>
    public static bool OfLoad(LoadRequest request) => BeginsWithGroups(request) || request.Maps.Any(map => HoldsDevices(map) && !map.Contents.IsEmpty);

    /// <summary>Whether the control group must be there before there are programs.</summary>
    public static bool BeginsWithGroups(LoadRequest request) => request.Maps.Any(map => map.Type == MapType.CgroupArray && !map.Contents.IsEmpty);

    /// <summary>Those with steps in it, those whose maps can name devices or sockets, or hold something for objects, and those with programs that are attached, or ask for routes.</summary>
    public static bool OfRun(LoadRequest request) => request.HasNetwork
        || request.Maps.Any(map => HoldsDevices(map) || map.IsOfObjects)
        || RouteQueries.AreIn(request.Program)
        || HoldsSockets(request)
        || Enumerable.Range(0, request.Program.Count).Any(index => HookEvents.AreOf(request.Program[index].Type));

    /// <summary>Those whose maps can name sockets, which there are while they are run.</summary>
    public static bool HoldsSockets(LoadRequest request) => request.Maps.Any(map => map.HoldsSockets);

    private static bool HoldsDevices(MapDefinition map) => map.Type is MapType.Devmap or MapType.DevmapHash;
}
