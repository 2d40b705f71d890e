using System.Runtime.InteropServices;
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

/// <summary>Shared memory of a map, mapped into this process.</summary>
internal sealed unsafe class MappedMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly int _bytes;

    private MappedMemory(void* address, int bytes)
        : base(ownsHandle: true)
    {
        SetHandle((nint)address);
        _bytes = bytes;
    }

    /// <exception cref="ObjectDisposedException">The memory is no longer mapped.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return new((void*)handle, _bytes);
        }
    }

    /// <summary>Maps the file's first bytes for reading and writing, or returns <c>null</c> and the error.</summary>
    public static MappedMemory? TryMap(FileDescriptor file, int bytes, out int errno)
    {
        const int Access = Native.ProtectionRead | Native.ProtectionWrite;
        void* address = Native.mmap(null, (nuint)bytes, Access, Native.MapShared, file.Number, 0);
        bool failed = (nint)address == -1;
        errno = failed ? Marshal.GetLastPInvokeError() : 0;
        return failed ? null : new MappedMemory(address, bytes);
    }

    protected override bool ReleaseHandle() => Native.munmap((void*)handle, (nuint)_bytes) == 0;
}
