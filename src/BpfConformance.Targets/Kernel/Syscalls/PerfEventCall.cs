using System.Runtime.InteropServices;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>The system call perf_event_open(2), and those on what it opens.</summary>
internal static unsafe class PerfEventCall
{
    public const int AnyThread = -1;
    public const int AnyProcessor = -1;
    public const int ThisThread = 0;

    private const int Call = 298; // arch/x86/entry/syscalls/syscall_64.tbl; 241 in scripts/syscall.tbl (arm64)
    private const int CallOfArm = 241;
    private const nint CloseOnExec = 8; // PERF_FLAG_FD_CLOEXEC
    private const nuint SetPeriod = 0x40082404; // PERF_EVENT_IOC_PERIOD

    /// <summary>Opens an event, or returns <c>null</c>: then there is an errno.</summary>
    /// <param name="attributes">Which; of how many bytes it is, is put in here.</param>
    /// <param name="thread">Whose.</param>
    /// <param name="processor">Where.</param>
    public static FileDescriptor? Open(PerfEventAttributes attributes, int thread, int processor)
    {
        attributes.Bytes = (uint)sizeof(PerfEventAttributes);
        int call = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Call : CallOfArm;
        nint fd = Native.syscall(call, (nint)(&attributes), thread, (void*)processor, (void*)-1, CloseOnExec);
        return fd >= 0 ? new FileDescriptor((int)fd) : null;
    }

    /// <summary>
    /// Has the next event be sampled, and then each of so many: an event that is counted begins anew with none left
    /// (kernel/events/core.c, 6.18, <c>__perf_event_period</c>).
    /// </summary>
    public static CallFailure? SampleNext(FileDescriptor counted, ulong period) =>
        CallFailure.Of(Native.ioctl(counted.Number, SetPeriod, &period), "PERF_EVENT_IOC_PERIOD");
}
