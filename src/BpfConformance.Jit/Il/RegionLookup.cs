using System.Runtime.CompilerServices;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Jit.Il;

/// <summary>What emitted code asks of an access that is not where the compiler expected it.</summary>
internal static unsafe class RegionLookup
{
    /// <summary>Whether one region holds all of the bytes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Reaches(Machine* m, ulong address, int size) => MachineMemory.Readable(m, address, (ulong)size) != null;

    /// <summary>Whether one region that may be written holds all of the bytes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool ReachesWritable(Machine* m, ulong address, int size) => MachineMemory.Writable(m, address, (ulong)size) != null;
}
