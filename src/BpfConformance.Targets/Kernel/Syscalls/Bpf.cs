using System.Runtime.InteropServices;
using BpfConformance.Abi;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>The bpf(2) system call. Errors are return values: most of them are answers about a program.</summary>
internal static unsafe class Bpf
{
    // The table of system calls: arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl (arm64).
    private static readonly int s_number = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        Architecture.Arm64 => 280,
        _ => -1,
    };

    /// <summary>Whether the number of the system call and the layouts of its attributes are known for this processor.</summary>
    public static bool IsKnownHere => OperatingSystem.IsLinux() && s_number >= 0 && BitConverter.IsLittleEndian;

    /// <summary>
    /// Returns the command's non-negative result, or the negated errno. A call that a signal ended before it did
    /// anything (EINTR; EAGAIN from the verifier, kernel/bpf/verifier.c) is made again.
    /// </summary>
    public static int Call<T>(BpfCommand command, ref T attributes)
        where T : unmanaged
    {
        while (true)
        {
            int result = CallOnce(command, ref attributes);
            if ((Errno)(-result) is not (Errno.EINTR or Errno.EAGAIN)) return result;
        }
    }

    /// <summary>The same, but whatever it ended by.</summary>
    public static int CallOnce<T>(BpfCommand command, ref T attributes)
        where T : unmanaged
    {
        fixed (T* pointer = &attributes)
        {
            nint result = Native.syscall(s_number, (nint)command, pointer, sizeof(T));
            return result >= 0 ? (int)result : -Marshal.GetLastPInvokeError();
        }
    }
}
