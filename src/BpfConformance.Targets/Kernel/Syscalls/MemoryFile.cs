using System.Text;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>Files in memory, in no folder, which end with their last descriptor (memfd_create(2)).</summary>
internal static unsafe class MemoryFile
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC (uapi linux/memfd.h)

    /// <summary>A file, with content.</summary>
    /// <param name="name">What /proc calls it; others may be called so too.</param>
    /// <param name="content">From its start on.</param>
    /// <exception cref="TargetException">There are no such files here.</exception>
    public static FileDescriptor Create(string name, ReadOnlySpan<byte> content = default)
    {
        FileDescriptor file;
        fixed (byte* text = Encoding.ASCII.GetBytes(name + '\0'))
        {
            int fd = Native.memfd_create(text, CloseOnExec);
            file = fd >= 0 ? new FileDescriptor(fd) : throw Native.Failed("memfd_create");
        }

        fixed (byte* bytes = content)
        {
            if (Native.pwrite(file.Number, bytes, (nuint)content.Length, 0) == content.Length) return file;
            TargetException problem = Native.Failed("pwrite to a file in memory");
            file.Dispose();
            throw problem;
        }
    }
}
