using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>
/// The arguments of <see cref="UnknownOption"/>, each in eight bytes: the kernel makes numbers of four as long with zeros, whatever their sign
/// (include/trace/bpf_probe.h, 6.18). Programs run for all tasks, as with <see cref="TracepointEvent"/>.
/// </summary>
internal sealed class RawTracepointEvent : IHookEvent
{
    public int? KnownBytes => UnknownOption.Bytes;

    /// <summary>Loads have named it.</summary>
    public string? Tracepoint => string.Empty;

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
