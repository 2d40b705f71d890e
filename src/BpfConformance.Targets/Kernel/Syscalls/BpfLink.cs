using BpfConformance.Abi.Programs;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>BPF_LINK_CREATE: a program is attached until the descriptor is closed, behind those that were attached before.</summary>
internal static class BpfLink
{
    /// <summary>Attaches a program, or returns <c>null</c>.</summary>
    /// <param name="program">Which.</param>
    /// <param name="target">The descriptor of a control group, or the ifindex of a device.</param>
    /// <param name="hook">To what of it.</param>
    /// <param name="errno">0 when it was attached.</param>
    public static FileDescriptor? TryCreate(FileDescriptor program, int target, AttachType hook, out int errno)
    {
        var attributes = new LinkCreateAttributes { ProgFd = program.Number, TargetFd = target, AttachType = (uint)hook };
        int result = Bpf.Call(BpfCommand.LinkCreate, ref attributes);
        errno = Math.Max(-result, 0);
        return result >= 0 ? new FileDescriptor(result) : null;
    }
}
