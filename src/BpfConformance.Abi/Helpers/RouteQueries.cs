using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Helpers;

/// <summary>Helpers whose answers follow from the devices and routes of a network, which is a <see cref="CaseNetwork"/>.</summary>
public static class RouteQueries
{
    private const int CloneRedirect = 13;
    private const int FibLookup = 69;
    private const int CheckMtu = 163;

    /// <summary>Whether a program calls one.</summary>
    public static bool AreIn(BpfProgram program) => program.Calls(CloneRedirect, FibLookup, CheckMtu);
}
