using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>BPF_LINK_CREATE on a control group: programs run in the order in which they were attached, until the descriptor is closed.</summary>
internal static class CgroupLink
{
    /// <exception cref="TargetException">It is refused.</exception>
    public static FileDescriptor Create(FileDescriptor program, FileDescriptor group, AttachType hook)
    {
        var attributes = new LinkCreateAttributes { ProgFd = program.Number, TargetFd = group.Number, AttachType = (uint)hook };
        int fd = Bpf.Call(BpfCommand.LinkCreate, ref attributes);
        return fd >= 0 ? new FileDescriptor(fd) : throw new TargetException($"BPF_LINK_CREATE: {Errnos.Name(-fd)}");
    }
}
