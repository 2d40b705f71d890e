using System.Text;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>Settings of the kernel; those of the network are the ones of the calling thread's namespace.</summary>
internal static class Settings
{
    /// <param name="name">The path below <c>/proc/sys</c>.</param>
    /// <param name="value">Its text.</param>
    /// <exception cref="TargetException">It cannot be written.</exception>
    public static void Write(string name, string value)
    {
        string path = "/proc/sys/" + name;
        try
        {
            File.WriteAllText(path, value);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new TargetException($"{path} cannot be written: {problem.Message}", problem);
        }
    }

    /// <summary>Opens one, for reading or for writing alone.</summary>
    /// <param name="name">The path below <c>/proc/sys</c>.</param>
    /// <param name="forWriting">Which.</param>
    /// <exception cref="TargetException">It cannot be opened.</exception>
    public static unsafe FileDescriptor Open(string name, bool forWriting)
    {
        fixed (byte* path = Encoding.ASCII.GetBytes("/proc/sys/" + name + '\0'))
        {
            int fd = Native.open(path, Native.OpenReadOnlyCloseOnExec | (forWriting ? Native.OpenWriteOnly : 0));
            return fd >= 0 ? new FileDescriptor(fd) : throw Native.Failed(name);
        }
    }
}
