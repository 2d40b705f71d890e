using BpfConformance.Abi;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>What is made of the error numbers that system calls answer with.</summary>
internal static class Errnos
{
    /// <summary>Whether the error speaks of this process or machine, and not of what was asked: too many files, no memory.</summary>
    public static bool IsTrouble(int errno) => (Errno)errno is Errno.ENOMEM or Errno.ENFILE or Errno.EMFILE;

    /// <summary>For messages: as the kernel calls it.</summary>
    public static string Name(int errno) =>
        errno == 0 ? "success" : Enum.IsDefined((Errno)errno) ? ((Errno)errno).ToString() : $"errno {errno}";
}
