using System.Buffers.Binary;
using BpfConformance.Abi;
using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>
/// A TEST_RUN comes to its end, which a tracepoint tells whose programs may write to what it is to return (include/trace/events/bpf_test_run.h, net/bpf/test_run.c,
/// 6.18, <c>bpf_test_finish</c>). Programs run for all tasks, as with <see cref="PerfTracepointEvent"/>.
/// </summary>
/// <param name="tested">The program that is run.</param>
internal sealed unsafe class WritableTracepointEvent(Lazy<FileDescriptor> tested) : IHookEvent
{
    /// <summary>The name of the tracepoint.</summary>
    public const string Name = "bpf_test_finish";

    /// <summary>Of the buffer.</summary>
    public const int Bytes = sizeof(int);

    private const int PacketBytes = 64;

    public HookPlace Place { get; } = new HookPlace.Tracepoint(Name);

    /// <summary>This thread makes TEST_RUNs of other programs.</summary>
    public bool HappensAnyway => true;

    /// <summary>See kernel/trace/bpf_trace.c, 6.18, <c>bpf_probe_register</c>.</summary>
    public string? WhyRefused => $"it has a tail call, or reads another argument or more than the {Bytes} bytes that are there";

    /// <summary>The address of the buffer.</summary>
    public int? KnownBytes => sizeof(ulong);

    public void Complete(WantedContext wanted)
    {
    }

    public string? WhyNot(WantedContext wanted) =>
        wanted.All.ContainsAnyExcept((byte)0) ? $"{Name} has one argument, the address of the buffer"
        : wanted.Data.Length != Bytes ? $"a packet of {wanted.Data.Length} bytes; the buffer of {Name} has {Bytes}"
        : ResultOf(wanted) is not (0 or -(int)Errno.ENOSPC or -(int)Errno.EFAULT)
            ? $"the buffer has the number {ResultOf(wanted)} in it; at {Name} it is 0, -{(int)Errno.ENOSPC} or -{(int)Errno.EFAULT}"
        : null;

    public void Prepare(WantedContext wanted) => _ = tested.Value;

    /// <summary>The call returns what programs leave, EINTR too, so nobody looks at it who knows that it came to them.</summary>
    public CallFailure? Cause(WantedContext wanted)
    {
        byte* packet = stackalloc byte[PacketBytes];
        new Span<byte>(packet, PacketBytes).Clear();
        int wantedResult = ResultOf(wanted);
        var attributes = new TestRunAttributes
        {
            ProgFd = tested.Value.Number,
            DataIn = packet,
            DataInBytes = PacketBytes,
            DataOut = wantedResult == -(int)Errno.EFAULT ? (byte*)1 : packet, // nothing is mapped at 1
            DataOutBytes = wantedResult == -(int)Errno.ENOSPC ? 1u : PacketBytes,
            Repeat = 1,
        };
        int result = Bpf.CallOnce(BpfCommand.ProgTestRun, ref attributes);
        return result < 0 ? new CallFailure("BPF_PROG_TEST_RUN", -result) : null;
    }

    private static int ResultOf(WantedContext wanted) => BinaryPrimitives.ReadInt32LittleEndian(wanted.Data);
}
