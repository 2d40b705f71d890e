using System.Text;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>A file system that is mounted nowhere: only its descriptor leads to it, so it ends with the process, however that ends.</summary>
internal static unsafe class DetachedMount
{
    // The table of system calls: the same numbers for all processors (scripts/syscall.tbl, 6.18).
    private const int FsOpen = 430;
    private const int FsConfig = 431;
    private const int FsMount = 432;

    private const int CloseOnExec = 1; // FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC (uapi linux/mount.h)
    private const int Create = 6; // FSCONFIG_CMD_CREATE

    /// <param name="kind">As in <c>/proc/filesystems</c>.</param>
    /// <exception cref="TargetException">There is none here.</exception>
    public static FileDescriptor Of(string kind)
    {
        fixed (byte* name = Encoding.ASCII.GetBytes(kind + '\0'))
        {
            using var context = new FileDescriptor(Check(kind, "fsopen", Native.syscall(FsOpen, (nint)name, (void*)CloseOnExec, 0)));
            Check(kind, "fsconfig", Native.syscall(FsConfig, context.Number, Create, null, null, 0));
            return new FileDescriptor(Check(kind, "fsmount", Native.syscall(FsMount, context.Number, (void*)CloseOnExec, 0)));
        }
    }

    private static int Check(string kind, string call, nint result) => result >= 0 ? (int)result : throw Native.Failed($"{call} of {kind}");
}
