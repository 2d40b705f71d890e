using System.Text;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>A program is attached until the descriptor is closed, behind those that were attached before.</summary>
internal static unsafe class BpfLink
{
    /// <summary>BPF_LINK_CREATE: attaches a program, or returns <c>null</c>.</summary>
    /// <param name="program">Which.</param>
    /// <param name="target">The descriptor of a control group, or the ifindex of a device.</param>
    /// <param name="hook">To what of it.</param>
    /// <param name="errno">0 when it was attached.</param>
    public static FileDescriptor? TryCreate(FileDescriptor program, int target, AttachType hook, out int errno)
    {
        var attributes = new LinkCreateAttributes { ProgFd = program.Number, TargetFd = target, AttachType = (uint)hook };
        return Of(Bpf.Call(BpfCommand.LinkCreate, ref attributes), out errno);
    }

    /// <summary>BPF_RAW_TRACEPOINT_OPEN: attaches a program, or returns <c>null</c>.</summary>
    /// <param name="program">Which.</param>
    /// <param name="tracepoint">To what; <c>null</c>: its load has named it.</param>
    /// <param name="errno">0 when it was attached.</param>
    public static FileDescriptor? TryOpen(FileDescriptor program, string? tracepoint, out int errno)
    {
        fixed (byte* name = tracepoint is null ? null : Encoding.ASCII.GetBytes(tracepoint + '\0'))
        {
            var attributes = new RawTracepointAttributes { Name = name, ProgFd = program.Number };
            return Of(Bpf.Call(BpfCommand.RawTracepointOpen, ref attributes), out errno);
        }
    }

    private static FileDescriptor? Of(int result, out int errno)
    {
        errno = Math.Max(-result, 0);
        return result >= 0 ? new FileDescriptor(result) : null;
    }
}
