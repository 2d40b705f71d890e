using System.Runtime.InteropServices;

namespace BpfConformance.Targets.Processes;

/// <summary>The C library's entry points for processes and pipes, on Linux. .NET's own give no child a session of its own, and no read a deadline.</summary>
internal static unsafe class ChildNative
{
    public const int CloseOnExec = 0x80000;  // O_CLOEXEC
    public const int NonBlocking = 0x800;    // O_NONBLOCK
    public const int SetFileFlags = 4;       // F_SETFL
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const int NoHang = 1;             // WNOHANG
    public const int Exited = 4;             // WEXITED
    public const int NoReap = 0x1000000;     // WNOWAIT
    public const int OneProcess = 1;         // P_PID
    public const int SignalKill = 9;

    public const nint SendSignalToProcess = 424; // pidfd_send_signal, Linux 5.1
    public const nint OpenProcess = 434;         // pidfd_open, Linux 5.3

    /// <summary>More than posix_spawnattr_t (336) and posix_spawn_file_actions_t (80) take in any C library.</summary>
    public const int OpaqueBytes = 1024;

    /// <summary>More than sigset_t (128).</summary>
    public const int SignalSetBytes = 256;

    /// <summary>siginfo_t, in ints. The first is the signal.</summary>
    public const int SignalInfoInts = 32;

    public const short SpawnSetSignalDefaults = 0x04;
    public const short SpawnSetSignalMask = 0x08;
    public const short SpawnSetSession = 0x80;

    [DllImport("libc", SetLastError = true)]
    public static extern int pipe2(int* descriptors, int flags);

    [DllImport("libc", SetLastError = true)]
    public static extern int fcntl(int fd, int command, nint argument);

    [DllImport("libc", SetLastError = true)]
    public static extern nint read(int fd, void* buffer, nuint bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern nint write(int fd, void* buffer, nuint bytes);

    [DllImport("libc", SetLastError = true)]
    public static extern int poll(PollRequest* requests, nuint count, int milliseconds);

    [DllImport("libc", SetLastError = true)]
    public static extern int kill(int process, int signal);

    [DllImport("libc", SetLastError = true)]
    public static extern int waitpid(int process, int* status, int options);

    [DllImport("libc", SetLastError = true)]
    public static extern int waitid(int kind, int process, int* info, int options);

    [DllImport("libc", SetLastError = true)]
    public static extern int getsid(int process);

    /// <summary>For what C libraries of today have no functions for.</summary>
    [DllImport("libc", SetLastError = true)]
    public static extern nint syscall(nint number, nint argument1, nint argument2, nint argument3, nint argument4);

    [DllImport("libc")]
    public static extern int posix_spawn(int* process, byte* path, byte* fileActions, byte* attributes, byte** arguments, byte** environment);

    [DllImport("libc")]
    public static extern int posix_spawn_file_actions_init(byte* fileActions);

    [DllImport("libc")]
    public static extern int posix_spawn_file_actions_adddup2(byte* fileActions, int from, int to);

    [DllImport("libc")]
    public static extern int posix_spawn_file_actions_destroy(byte* fileActions);

    [DllImport("libc")]
    public static extern int posix_spawnattr_init(byte* attributes);

    [DllImport("libc")]
    public static extern int posix_spawnattr_setflags(byte* attributes, short flags);

    [DllImport("libc")]
    public static extern int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [DllImport("libc")]
    public static extern int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [DllImport("libc")]
    public static extern int posix_spawnattr_destroy(byte* attributes);

    [DllImport("libc")]
    public static extern int sigemptyset(byte* signals);

    [DllImport("libc")]
    public static extern int sigfillset(byte* signals);
}

/// <summary><c>struct pollfd</c>. A negative descriptor is skipped.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollRequest
{
    public int Descriptor;
    public short Events;
    public short Happened;
}
