using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Jit.Il;

/// <summary>What emitted code asks of an access that is not where the compiler expected it.</summary>
internal static unsafe class RegionLookup
{
    /// <summary>Whether one region holds all of the bytes; if not, the run is over.</summary>
    /// <param name="m">The machine.</param>
    /// <param name="address">The first byte.</param>
    /// <param name="size">How many.</param>
    /// <param name="pc">Of the instruction.</param>
    /// <param name="rest">As in <see cref="RunEnding.Fault"/>.</param>
    /// <param name="left">As there.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Reaches(Machine* m, ulong address, int size, int pc, int rest, long left)
    {
        if (MachineMemory.Readable(m, address, (ulong)size) != null) return true;
        RunEnding.Fault(m, FaultKind.OutOfBoundsLoad, pc, rest, left);
        return false;
    }

    /// <summary>The same of a region that may be written.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool ReachesWritable(Machine* m, ulong address, int size, int pc, int rest, long left)
    {
        if (MachineMemory.Writable(m, address, (ulong)size) != null) return true;
        RunEnding.Fault(m, FaultKind.OutOfBoundsStore, pc, rest, left);
        return false;
    }
}
