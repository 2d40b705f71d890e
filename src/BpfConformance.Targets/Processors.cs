using System.Numerics;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets;

/// <summary>The processors of this machine, where the system lets a thread choose: on Linux.</summary>
internal static unsafe class Processors
{
    /// <summary>Kernel CONFIG_NR_CPUS is at most 8192.</summary>
    public const int MaskWords = 8192 / 64;

    public const int MaskBytes = MaskWords * sizeof(ulong);

    /// <summary>
    /// Keeps this thread, for the rest of its life, on one of the processors that it may use: threads of different numbers on
    /// different ones, as far as there are so many. A busy scheduler would gladly run them on one, by turns.
    /// </summary>
    public static void Take(int number)
    {
        if (!OperatingSystem.IsLinux()) return;
        ulong* mask = stackalloc ulong[MaskWords];
        if (Native.sched_getaffinity(0, MaskBytes, mask) != 0) return;

        var words = new Span<ulong>(mask, MaskWords);
        int count = 0;
        foreach (ulong word in words) count += BitOperations.PopCount(word);
        int skipped = number % count;
        for (int cpu = 0; cpu < MaskWords * 64; cpu++)
        {
            bool isUsable = (words[cpu / 64] >> (cpu % 64) & 1) != 0;
            if (!isUsable || skipped-- > 0) continue;
            words.Clear();
            words[cpu / 64] = 1ul << (cpu % 64);
            _ = Native.sched_setaffinity(0, MaskBytes, mask); // If it may not choose, it takes what comes.
            return;
        }
    }
}
