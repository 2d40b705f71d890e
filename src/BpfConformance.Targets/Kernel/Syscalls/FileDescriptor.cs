using Microsoft.Win32.SafeHandles;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>A file descriptor with one owner. bpf(2) gives every descriptor close-on-exec.</summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    public FileDescriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The number, for the attributes of a system call; the caller keeps this object alive across it.</summary>
    /// <exception cref="ObjectDisposedException">The descriptor was closed: its number may mean another file by now.</exception>
    public int Number
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (int)handle;
        }
    }

    protected override bool ReleaseHandle() => Native.close((int)handle) == 0;
}
