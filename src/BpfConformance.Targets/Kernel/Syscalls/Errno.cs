namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>The error numbers that bpf(2) answers with (include/uapi/asm-generic/errno*.h; ENOTSUPP is the kernel's own).</summary>
internal static class Errno
{
    public const int PermissionDenied = 1;
    public const int Interrupted = 4;
    public const int TooBig = 7;
    public const int BadDescriptor = 9;
    public const int TryAgain = 11;
    public const int OutOfMemory = 12;
    public const int AccessDenied = 13;
    public const int InvalidArgument = 22;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int NoSpace = 28;
    public const int NotImplemented = 38;
    public const int NotSupported = 524;

    /// <summary>Whether the error speaks of this process or machine, and not of what was asked: too many files, no memory.</summary>
    public static bool IsTrouble(int errno) => errno is OutOfMemory or TooManyFilesInSystem or TooManyFiles;

    public static string Name(int errno) => errno switch
    {
        0 => "success",
        PermissionDenied => "EPERM",
        2 => "ENOENT",
        Interrupted => "EINTR",
        TooBig => "E2BIG",
        BadDescriptor => "EBADF",
        TryAgain => "EAGAIN",
        OutOfMemory => "ENOMEM",
        AccessDenied => "EACCES",
        14 => "EFAULT",
        16 => "EBUSY",
        17 => "EEXIST",
        InvalidArgument => "EINVAL",
        TooManyFilesInSystem => "ENFILE",
        TooManyFiles => "EMFILE",
        NoSpace => "ENOSPC",
        34 => "ERANGE",
        35 => "EDEADLK",
        NotImplemented => "ENOSYS",
        71 => "EPROTO",
        95 => "EOPNOTSUPP",
        NotSupported => "ENOTSUPP",
        _ => $"errno {errno}",
    };
}
