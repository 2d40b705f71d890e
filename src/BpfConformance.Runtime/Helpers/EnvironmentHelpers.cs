using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Time, chance and the processor: each machine has its own, and this one's are the same in every run.</summary>
internal static unsafe class EnvironmentHelpers
{
    /// <summary>A clock that no test has to wait for: it advances a microsecond with each reading.</summary>
    public static FaultKind KtimeGetNs(Machine* m)
    {
        m->Registers[0] = m->ClockNanoseconds += 1_000;
        return FaultKind.None;
    }

    /// <summary>SplitMix64's upper half, so that a run repeats.</summary>
    public static FaultKind GetPrandomU32(Machine* m)
    {
        ulong z = m->RandomState += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        m->Registers[0] = (z ^ (z >> 31)) >> 32;
        return FaultKind.None;
    }

    public static FaultKind GetSmpProcessorId(Machine* m)
    {
        m->Registers[0] = 0;
        return FaultKind.None;
    }
}
