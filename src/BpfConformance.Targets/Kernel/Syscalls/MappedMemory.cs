using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BpfConformance.Targets.Kernel.Syscalls;

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
