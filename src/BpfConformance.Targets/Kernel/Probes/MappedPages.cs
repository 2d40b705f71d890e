using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>Pages of this process until they are disposed, at a place that was free.</summary>
internal sealed unsafe class MappedPages : IDisposable
{
    public const int PageBytes = 4096;

    private readonly nuint _bytes;
    private void* _address;

    private MappedPages(void* address, nuint bytes)
    {
        _address = address;
        _bytes = bytes;
    }

    public byte* Address => (byte*)_address;

    /// <summary>Maps pages, or returns <c>null</c> and says why not.</summary>
    /// <param name="address">That of the first; <c>null</c>: wherever there is room.</param>
    /// <param name="pages">How many.</param>
    /// <param name="protection">What may be done there.</param>
    /// <param name="file">What they begin with, from its start on; <c>null</c>: zeros.</param>
    /// <param name="problem">Why not.</param>
    public static MappedPages? TryMap(ulong? address, int pages, int protection, FileDescriptor? file, out CallFailure? problem)
    {
        int flags = Native.MapPrivate | (file is null ? Native.MapAnonymous : 0) | (address is null ? 0 : Native.MapFixedNoReplace);
        var bytes = (nuint)(pages * PageBytes);
        void* mapped = Native.mmap((void*)(address ?? 0), bytes, protection, flags, file?.Number ?? -1, 0);
        problem = (nint)mapped == -1 ? CallFailure.Of(-1, $"mmap at 0x{address:x}") : null;
        return problem is null ? new MappedPages(mapped, bytes) : null;
    }

    public void Dispose()
    {
        if (_address is null) return;
        _ = Native.munmap(_address, _bytes);
        _address = null;
    }
}
