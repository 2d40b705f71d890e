using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>
/// <see cref="UnknownOption"/> at the tracepoint itself, which loads have named by its BTF type: its arguments have eight bytes each, as the kernel makes numbers of
/// four as long with zeros, whatever their sign (include/trace/bpf_probe.h, 6.18). Programs run for all tasks, as with <see cref="PerfTracepointEvent"/>.
/// </summary>
internal sealed class BtfTracepointEvent : IHookEvent
{
    public int? KnownBytes => UnknownOption.Bytes;

    public HookPlace Place { get; } = new HookPlace.Tracepoint(Name: null);

    public void Complete(WantedContext wanted)
    {
    }

    public string? WhyNot(WantedContext wanted) =>
        !wanted.Data.IsEmpty ? "there is no packet at a tracepoint"
        : wanted.All.Length != UnknownOption.Bytes
            ? $"{wanted.All.Length / sizeof(ulong)} arguments; {UnknownOption.Tracepoint} has {UnknownOption.Bytes / sizeof(ulong)}"
        : UnknownOption.WhyNot(wanted.All);

    public CallFailure? Cause(WantedContext wanted)
    {
        UnknownOption.Call(wanted.All);
        return null;
    }
}
