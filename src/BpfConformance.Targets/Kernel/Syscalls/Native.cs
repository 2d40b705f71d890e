using System.Runtime.InteropServices;
using System.Text;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>The C library's entry points that this target needs; everything about bpf(2) goes through <c>syscall</c>.</summary>
internal static unsafe class Native
{
    public const int ProtectionRead = 1;
    public const int ProtectionWrite = 2;
    public const int ProtectionExecute = 4;
    public const int MapShared = 1;
    public const int MapPrivate = 2;
    public const int MapAnonymous = 0x20;
    public const int MapFixedNoReplace = 0x100000;
    public const int OpenReadOnlyCloseOnExec = 0x80000;
    public const int OpenWriteOnly = 1;
    public const int OpenNonBlocking = 0x800;
    public const int SeekEnd = 2;

    private const int LockExclusive = 2; // LOCK_EX
    private const int LockNonBlocking = 4; // LOCK_NB
    private const int Interrupted = 4; // EINTR

    [DllImport("libc", SetLastError = true)]
    public static extern nint syscall(nint number, nint argument1, void* argument2, nint argument3);

    [DllImport("libc", SetLastError = true)]
    public static extern nint syscall(nint number, nint argument1, nint argument2, void* argument3, void* argument4, nint argument5);

    [DllImport("libc", SetLastError = true)]
    public static extern int mkdirat(int folder, byte* path, uint mode);

    [DllImport("libc", SetLastError = true)]
    public static extern int unlinkat(int folder, byte* path, int flags);

    [DllImport("libc", SetLastError = true)]
    public static extern void* mmap(void* address, nuint bytes, int protection, int flags, int fd, nint offset);

    [DllImport("libc", SetLastError = true)]
    public static extern int mprotect(void* address, nuint bytes, int protection);

    [DllImport("libc", SetLastError = true)]
    public static extern int memfd_create(byte* name, uint flags);

    [DllImport("libc", SetLastError = true)]
    public static extern int ftruncate(int fd, nint bytes);

    /// <summary>The result is an errno.</summary>
    [DllImport("libc")]
    public static extern int pthread_sigmask(int how, void* mask, void* before);

    [DllImport("libc", SetLastError = true)]
    public static extern int munmap(void* address, nuint bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern int open(byte* path, int flags);

    [DllImport("libc", SetLastError = true)]
    public static extern int statx(int folder, byte* path, int flags, uint mask, byte* result);

    [DllImport("libc", SetLastError = true)]
    public static extern nint pread(int fd, void* buffer, nuint bytes, nint offset);

    [DllImport("libc", SetLastError = true)]
    public static extern nint pwrite(int fd, void* buffer, nuint bytes, nint offset);

    [DllImport("libc", SetLastError = true)]
    public static extern int mknodat(int folder, byte* path, uint mode, ulong device);

    [DllImport("libc", SetLastError = true)]
    public static extern int faccessat(int folder, byte* path, int mode, int flags);

    [DllImport("libc", SetLastError = true)]
    public static extern nint read(int fd, void* buffer, nuint bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern nint lseek(int fd, nint offset, int from);

    [DllImport("libc", SetLastError = true)]
    public static extern int close(int fd);

    [DllImport("libc", SetLastError = true)]
    public static extern nint write(int fd, byte* buffer, nuint bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern int ioctl(int fd, nuint code, void* request);

    [DllImport("libc", SetLastError = true)]
    public static extern int unshare(int flags);

    [DllImport("libc", SetLastError = true)]
    public static extern int socket(int family, int type, int protocol);

    [DllImport("libc", SetLastError = true)]
    public static extern int bind(int fd, byte* address, uint bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern int connect(int fd, byte* address, uint bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern int listen(int fd, int waiting);

    [DllImport("libc", SetLastError = true)]
    public static extern int accept4(int fd, byte* address, uint* bytes, int flags);

    [DllImport("libc", SetLastError = true)]
    public static extern int getsockname(int fd, byte* address, uint* bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern int getpeername(int fd, byte* address, uint* bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern nint sendmsg(int fd, MessageHeader* message, int flags);

    [DllImport("libc", SetLastError = true)]
    public static extern nint recvfrom(int fd, void* buffer, nuint bytes, int flags, byte* address, uint* addressBytes);

    [DllImport("libc", SetLastError = true)]
    public static extern int setsockopt(int fd, int level, int name, void* value, uint bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern int getsockopt(int fd, int level, int name, void* value, uint* bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern int sched_getaffinity(int thread, nuint bytes, ulong* mask);

    [DllImport("libc", SetLastError = true)]
    public static extern int sched_setaffinity(int thread, nuint bytes, ulong* mask);

    [DllImport("libc", SetLastError = true)]
    private static extern int flock(int fd, int operation);

    /// <summary>Locks a file or folder for this descriptor, until it is closed, by whatever ends the process; waits while another has the lock.</summary>
    /// <exception cref="TargetException">The file system has no locks.</exception>
    public static void Lock(FileDescriptor file)
    {
        while (flock(file.Number, LockExclusive) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted) throw Failed("flock");
        }
    }

    /// <summary>The same without waiting.</summary>
    public static bool TryLock(FileDescriptor file) => flock(file.Number, LockExclusive | LockNonBlocking) == 0;

    /// <summary>What a call that has just failed answered, for who cannot go on.</summary>
    public static TargetException Failed(string subject) => new($"{subject}: {Errnos.Name(Marshal.GetLastPInvokeError())}");

    /// <exception cref="TargetException">It cannot be opened.</exception>
    public static FileDescriptor OpenFolder(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            int fd = open(name, OpenReadOnlyCloseOnExec);
            return fd >= 0 ? new FileDescriptor(fd) : throw Failed(path);
        }
    }
}
