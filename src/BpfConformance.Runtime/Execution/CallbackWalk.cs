using System.Runtime.InteropServices;
using BpfConformance.Abi;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Runtime.Execution;

/// <summary>A helper that calls a function of the program again and again, and how far it has come.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CallbackWalk
{
    /// <summary>Its number.</summary>
    public int Helper;

    /// <summary>What is called, by its pc.</summary>
    public int Function;

    /// <summary>The map that is walked or drained; −1: none.</summary>
    public int Map;

    /// <summary>Of one that is drained: the sample that the function has; null: none.</summary>
    public unsafe Reservation* Sample;

    public MapCursor Cursor;

    /// <summary>Of a timer that calls back: whose value it is in.</summary>
    public int Element;

    /// <summary>How many calls there were.</summary>
    public uint Calls;

    /// <summary>How many there are to be, where no map is walked.</summary>
    public uint Count;

    /// <summary>Why there are none.</summary>
    public Errno Failure;

    /// <summary>What each call is given.</summary>
    public ulong Context;

    /// <summary>Sanitised runs: its <see cref="Memory.Provenance"/>.</summary>
    public uint ContextProvenance;
}
