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

    /// <summary>Maps bytes of the file, or returns <c>null</c> and the error.</summary>
    /// <param name="file">Which can be closed then.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="errno">0 when they are mapped.</param>
    /// <param name="offset">From where on: a multiple of the page size.</param>
    /// <param name="isWritable">Whether they are mapped for writing, too.</param>
    public static MappedMemory? TryMap(FileDescriptor file, int bytes, out int errno, int offset = 0, bool isWritable = true)
    {
        int access = Native.ProtectionRead | (isWritable ? Native.ProtectionWrite : 0);
        void* address = Native.mmap(null, (nuint)bytes, access, Native.MapShared, file.Number, offset);
        bool failed = (nint)address == -1;
        errno = failed ? Marshal.GetLastPInvokeError() : 0;
        return failed ? null : new MappedMemory(address, bytes);
    }

    protected override bool ReleaseHandle() => Native.munmap((void*)handle, (nuint)_bytes) == 0;
}
