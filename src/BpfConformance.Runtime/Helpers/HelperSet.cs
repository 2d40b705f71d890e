using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Helpers;

/// <summary>The kernel helpers that the runtime has, by number.</summary>
public static unsafe class HelperSet
{
    /// <summary>The implementation of a helper, arguments in r1–r5 of the machine, its value returned; <c>null</c> when there is none.</summary>
    public static delegate*<Machine*, ulong> Find(ulong helper) => helper switch
    {
        KtimeGetNs => &ReadClock,
        GetPrandomU32 => &NextRandom,
        GetSmpProcessorId => &CurrentProcessor,
        _ => null,
    };

    private const ulong KtimeGetNs = 5;
    private const ulong GetPrandomU32 = 7;
    private const ulong GetSmpProcessorId = 8;

    /// <summary>A clock that no test has to wait for: it advances a microsecond with each reading.</summary>
    private static ulong ReadClock(Machine* m) => m->ClockNanoseconds += 1_000;

    /// <summary>SplitMix64's upper half, so that a run repeats.</summary>
    private static ulong NextRandom(Machine* m)
    {
        ulong z = m->RandomState += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (z ^ (z >> 31)) >> 32;
    }

    private static ulong CurrentProcessor(Machine* m) => 0;
}
