using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>
/// This thread calls prctl(2) with an option that there is not, which a tracepoint tells (include/trace/events/task.h, 6.18, <c>task_prctl_unknown</c>): a
/// number of four bytes, four that nobody writes, and four numbers of eight. Programs at a tracepoint run for all tasks, so those that are attached
/// here begin with a <see cref="TaskGuard"/>.
/// </summary>
internal sealed unsafe class TracepointEvent(ProbePlaces places) : IHookEvent
{
    /// <summary>As under <c>events</c> of tracefs.</summary>
    public const string Name = "task/task_prctl_unknown";

    private const int Bytes = 48;
    private const int OptionOffset = 8; // what is before it programs do not see
    private const int GapOffset = 12;
    private const int NumbersOffset = 16;

    public bool CanBeMissed => true;

    public int? KnownBytes => Bytes;

    public ImmutableArray<FileDescriptor>? Places { get; private set; } = [];

    public void Complete(WantedContext wanted)
    {
    }

    public string? WhyNot(WantedContext wanted) =>
        !wanted.Data.IsEmpty ? "there is no packet at a tracepoint"
        : wanted.All[Bytes..].ContainsAnyExcept((byte)0) ? $"the record of {Name} has {Bytes} bytes"
        : wanted.All[GapOffset..NumbersOffset].ContainsAnyExcept((byte)0) ? $"the bytes {GapOffset} to {NumbersOffset - 1} of the record of {Name} are zeros"
        : Option(wanted) > 0 ? "the number at 8 is positive; prctl may have such an option"
        : null;

    public void Prepare(WantedContext wanted) => Places = places.Tracepoints();

    /// <summary>The answer is EINVAL, as is to be.</summary>
    public CallFailure? Cause(WantedContext wanted)
    {
        const int Call = 157; // arch/x86/entry/syscalls/syscall_64.tbl; 167 in scripts/syscall.tbl (arm64)
        const int CallOfArm = 167;
        int call = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Call : CallOfArm;
        _ = Native.syscall(call, Option(wanted), Number(wanted, 0), (void*)Number(wanted, 1), (void*)Number(wanted, 2), Number(wanted, 3));
        return null;
    }

    private static int Option(WantedContext wanted) => BinaryPrimitives.ReadInt32LittleEndian(wanted.All[OptionOffset..]);

    private static nint Number(WantedContext wanted, int index) =>
        (nint)BinaryPrimitives.ReadInt64LittleEndian(wanted.All[(NumbersOffset + (index * sizeof(long)))..]);
}
