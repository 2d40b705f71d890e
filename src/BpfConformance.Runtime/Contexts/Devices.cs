namespace BpfConformance.Runtime.Contexts;

/// <summary>Network devices, by index.</summary>
internal static class Devices
{
    /// <summary>Through which packets come for which no other is given; its address is all zeros.</summary>
    public const uint Loopback = 1;
}
