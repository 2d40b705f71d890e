using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>Time, chance, the processor and the task: each machine has its own, and this one's are the same in every run.</summary>
internal static unsafe class EnvironmentHelpers
{
    /// <summary>TAI is so many seconds ahead of UTC since 2017.</summary>
    private const ulong TaiOffsetNanoseconds = 37_000_000_000;

    private const ulong TickNanoseconds = 1_000_000;

    private const ulong ProcessId = 1000;

    /// <summary>As addresses of the kernel are: what is there, no program may read.</summary>
    public const ulong Task = 0xffff_8880_0000_1000;

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

    /// <summary>The clock at the last tick.</summary>
    public static FaultKind KtimeGetCoarseNs(Machine* m)
    {
        m->ClockNanoseconds += 1_000;
        return Give(m, m->ClockNanoseconds - (m->ClockNanoseconds % TickNanoseconds));
    }

    public static FaultKind KtimeGetTaiNs(Machine* m) => Give(m, (m->ClockNanoseconds += 1_000) + TaiOffsetNanoseconds);

    public static FaultKind Jiffies64(Machine* m) => Give(m, (m->ClockNanoseconds += 1_000) / TickNanoseconds);

    public static FaultKind GetNumaNodeId(Machine* m) => Give(m, 0);

    /// <summary>The process above, the thread below.</summary>
    public static FaultKind GetCurrentPidTgid(Machine* m) => Give(m, (ProcessId << 32) | ProcessId);

    /// <summary>The group above, the user below: root's.</summary>
    public static FaultKind GetCurrentUidGid(Machine* m) => Give(m, 0);

    public static FaultKind GetCurrentTask(Machine* m) => Give(m, Task);

    /// <summary>r1 and r2 are room for a name, which is cut or filled up with zeros (kernel/bpf/helpers.c, 6.18, bpf_get_current_comm).</summary>
    public static FaultKind GetCurrentComm(Machine* m)
    {
        GuestBytes room = GuestMemory.BytesToWrite(m, m->Registers[1], m->Registers[2]);
        if (room.IsNull || m->Registers[2] == 0) return FaultKind.OutOfBoundsStore;
        var name = new Span<byte>(room.Data, (int)m->Registers[2]);
        ReadOnlySpan<byte> own = "bpfconf"u8;
        name.Clear();
        own[..Math.Min(own.Length, name.Length - 1)].CopyTo(name);
        return Give(m, 0);
    }

    private static FaultKind Give(Machine* m, ulong value)
    {
        m->Registers[0] = value;
        return FaultKind.None;
    }
}
