using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Execution;

/// <summary>A record of a ring buffer that a program has reserved and not given back.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Reservation
{
    /// <summary>In which map of the case.</summary>
    public int Map;

    /// <summary>Where in its ring; 0: none.</summary>
    public int Record;
}
